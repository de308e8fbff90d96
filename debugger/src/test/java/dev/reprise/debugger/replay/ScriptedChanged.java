package dev.reprise.debugger.replay;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** {@link Scripted} that does more: lines that begin with {@code tell:also } are statements here. */
@Function("Scripted")
public class ScriptedChanged {
  private static final String ALSO = "tell:also ";

  private final Scripted scripted;

  public ScriptedChanged(DataSource database) {
    this.scripted = new Scripted(database);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public List<String> run(List<String> script) throws SQLException {
    return scripted.run(changed(script));
  }

  @Transaction
  public List<String> serializable(List<String> script) throws SQLException {
    return scripted.serializable(changed(script));
  }

  private static List<String> changed(List<String> script) {
    var changed = new ArrayList<String>();
    for (var line : script) {
      changed.add(line.startsWith(ALSO) ? line.substring(ALSO.length()) : line);
    }
    return changed;
  }
}
