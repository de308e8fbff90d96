package dev.reprise.runtime.record;

/** What became of a row, or of all rows of a table. */
enum ChangeKind {
  INSERT,
  UPDATE,
  DELETE,
  TRUNCATE
}
