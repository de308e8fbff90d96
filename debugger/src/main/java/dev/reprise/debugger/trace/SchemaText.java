package dev.reprise.debugger.trace;

import dev.reprise.runtime.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recorded schemas as they go into a file. */
final class SchemaText {
  private static final Pattern SECRET = Pattern.compile(
      "secret|passw|passphrase|token|credential|(^|[._])(api)?_?key", Pattern.CASE_INSENSITIVE);

  private SchemaText() {}

  /** Without settings of the database that look like secrets, which are named as left out. */
  static String withoutSecrets(String ddl) {
    if (!(Json.parse(ddl) instanceof Map<?, ?> schema)
        || !(schema.get("settings") instanceof List<?> settings)) {
      return ddl;
    }
    var kept = new ArrayList<String>();
    var omitted = new ArrayList<@Nullable Object>();
    if (schema.get("omitted") instanceof List<?> before) {
      omitted.addAll(before);
    }
    for (var setting : settings) {
      var text = String.valueOf(setting);
      int equals = text.indexOf('=');
      var name = equals < 0 ? text : text.substring(0, equals);
      if (SECRET.matcher(name).find()) {
        omitted.add("setting " + name + " of the database: it looks like a secret");
      } else {
        kept.add(text);
      }
    }
    if (kept.size() == settings.size()) {
      return ddl;
    }
    var changed = new LinkedHashMap<Object, @Nullable Object>(schema);
    changed.put("settings", kept);
    changed.put("omitted", omitted);
    return Json.write(changed);
  }
}
