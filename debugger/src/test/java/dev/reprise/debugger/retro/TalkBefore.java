package dev.reprise.debugger.retro;

import dev.reprise.Durable;
import dev.reprise.Function;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Notes what it hears, and goes on as a new execution after each. */
@Function("Talk")
public class TalkBefore {
  private final DataSource database;

  public TalkBefore(DataSource database) {
    this.database = database;
  }

  @Workflow
  public String listen(String heard, int count) throws SQLException {
    if (count == 0) {
      return heard;
    }
    var word = Durable.receive("word", String.class, Duration.ofDays(1)).orElse("nothing");
    note(word);
    Durable.publish("heard", heard + word);
    Durable.continueAsNew(heard + word, count - 1);
    return "never";
  }

  @Workflow
  public String ask(int count) throws Exception {
    return "it heard " + listen("", count);
  }

  @Transaction
  public void note(String word) throws SQLException {
    Sql.change(database, "insert into note values (?)", word);
  }
}
