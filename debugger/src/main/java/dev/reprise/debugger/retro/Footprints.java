package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.Captured;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Stands in. */
public final class Footprints {
  public static Footprints of(Connection scratch) throws SQLException {
    return new Footprints();
  }

  public Footprint of(Connection inTransaction, List<Captured> changes) throws SQLException {
    return Footprint.NONE;
  }

  public static List<String> sessionSettings() {
    return List.of();
  }
}
