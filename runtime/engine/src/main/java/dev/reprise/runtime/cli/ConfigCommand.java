package dev.reprise.runtime.cli;

import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code reprise config}. */
@Command(
    name = "config",
    description = "Shows the effective settings and where each comes from; secrets are masked.")
final class ConfigCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private SettingOptions options = new SettingOptions();

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var settings = options.settings(root.environment());
    settings.check();
    var all = settings.sources().all();
    root.output()
        .data(
            () -> new JsonObject()
                .put(
                    "settings",
                    all.stream()
                        .map(one -> new JsonObject()
                            .put("key", one.setting().key())
                            .put("value", one.value().isEmpty() ? null : one.shown())
                            .put("source", one.source()))
                        .toList()),
            () -> {
              var rows = new ArrayList<List<String>>();
              rows.add(List.of("KEY", "VALUE", "SOURCE"));
              all.forEach(one -> rows.add(List.of(one.setting().key(), one.shown(), one.source())));
              return Output.table(rows);
            });
    return RepriseCommand.OK;
  }
}
