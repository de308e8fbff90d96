package dev.reprise.samples.payments;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * The command line.
 *
 * @param port on the loopback address; 0 for any free one
 * @param ledger the file that the entries are kept in
 * @param exitWithParent whether to end when standard input ends, as it does when the process that began this one ends
 */
record ProviderOptions(int port, Path ledger, boolean exitWithParent) {
  static final String USAGE =
      "usage: payment-provider [--port 8081] [--ledger payments.ledger] [--exit-with-parent]";

  /**
   * Reads {@code --port}, {@code --ledger} and {@code --exit-with-parent}.
   *
   * @throws IllegalArgumentException naming the argument that is wrong
   */
  static ProviderOptions parse(List<String> arguments) {
    int port = 8081;
    var ledger = Path.of("payments.ledger");
    boolean exitWithParent = false;
    for (var rest = arguments.iterator(); rest.hasNext(); ) {
      var name = rest.next();
      switch (name) {
        case "--port" -> port = port(value(name, rest));
        case "--ledger" -> ledger = Path.of(value(name, rest));
        case "--exit-with-parent" -> exitWithParent = true;
        default -> throw new IllegalArgumentException("there is no option " + name);
      }
    }
    return new ProviderOptions(port, ledger, exitWithParent);
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return rest.next();
  }

  private static int port(String text) {
    return (int) Form.parse("port=" + text).number("port", 0, 65_535);
  }
}
