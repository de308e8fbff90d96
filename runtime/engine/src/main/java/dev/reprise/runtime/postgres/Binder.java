package dev.reprise.runtime.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Sets the parameters of a statement. */
@FunctionalInterface
public interface Binder {
  /** For statements without parameters. */
  Binder NOTHING = statement -> {};

  /** Sets every parameter, counted from 1. */
  void bind(PreparedStatement statement) throws SQLException;
}
