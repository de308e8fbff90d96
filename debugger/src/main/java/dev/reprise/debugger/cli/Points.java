package dev.reprise.debugger.cli;

import java.sql.Connection;
import java.util.List;

/** Transactions in a row, and the state before each of them and after all. For one thread. */
interface Points extends AutoCloseable {
  /** How many transactions there are. */
  int size();

  /** How many of them lie before the point. */
  int point();

  /**
   * Goes to a point.
   *
   * @param wanted from 0, before all, to {@link #size}, after all; brought into that
   */
  void goTo(int wanted);

  /** Makes the state at the point once more, where it was changed. */
  void makeAnew();

  /** A transaction on one line. */
  String line(int number);

  /** What it changed, and what else there is to say of it, a line each. */
  List<String> told(int number);

  /** A connection to the state at the point. */
  Connection open();

  @Override
  void close();
}
