package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.Environment;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code reprise}. Data goes to standard output, everything else to standard error. */
@Command(
    name = "reprise",
    description = "A transactional function server for PostgreSQL, with time travel.",
    mixinStandardHelpOptions = true,
    versionProvider = RepriseCommand.Version.class,
    scope = ScopeType.INHERIT,
    exitCodeOnExecutionException = RepriseCommand.COULD_NOT_RUN,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a negative answer: the function threw, the execution failed, a check is broken",
      "2:wrong usage, or it could not be run"
    },
    sortOptions = false)
public final class RepriseCommand implements Callable<Integer> {
  /** Done. */
  public static final int OK = 0;
  /** It ran, and the answer is no: the function threw, the execution failed, a check is broken. */
  public static final int NEGATIVE = 1;
  /** Wrong usage, or it could not be run. */
  public static final int COULD_NOT_RUN = 2;

  private static final Logger LOG = LoggerFactory.getLogger(RepriseCommand.class);

  private final Environment environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--format",
      scope = ScopeType.INHERIT,
      paramLabel = "text|json",
      description = "How data is written; text by default.")
  private Format format = Format.TEXT;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where errors come from.")
  private boolean verbose;

  RepriseCommand(Environment environment) {
    this.environment = environment;
  }

  /** How data is written. */
  public enum Format {
    /** For people. */
    TEXT,
    /** For programs. */
    JSON
  }

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = RepriseCommand.class.getPackage().getImplementationVersion();
      return new String[] {"reprise " + (version == null ? "(development)" : version)};
    }
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(Environment.ofProcess(), out, err, arguments));
  }

  /** Runs a command and gives its exit code. */
  public static int run(
      Environment environment, PrintWriter out, PrintWriter err, String... arguments) {
    var command = new CommandLine(new RepriseCommand(environment));
    command.addSubcommand(new ServeCommand());
    command.addSubcommand(new DemoCommand());
    command.addSubcommand(new MigrateCommand());
    command.addSubcommand(new ConfigCommand());
    command.addSubcommand(new CallCommand());
    command.addSubcommand(new SendCommand());
    command.addSubcommand(new EventCommand());
    command.addSubcommand(ExecutionsCommand.withSubcommands());
    command.addSubcommand(QueuesCommand.withSubcommands());
    command.addSubcommand(SchedulesCommand.withSubcommands());
    command.addSubcommand(new DeployCommand());
    command.addSubcommand(DeploymentsCommand.withSubcommands());
    ServiceLoader.load(RepriseSubcommand.class, RepriseCommand.class.getClassLoader())
        .forEach(command::addSubcommand);
    return command
        .setOut(out)
        .setErr(err)
        .setExpandAtFiles(false) // @file is for arguments of functions
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(RepriseCommand::report)
        .setParameterExceptionHandler(RepriseCommand::misused)
        .setExecutionStrategy(RepriseCommand::runLast)
        .execute(arguments);
  }

  /** Help is for commands that there are. */
  private static int runLast(ParseResult parsed) {
    var last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    var line = last.commandSpec().commandLine();
    var unknown = last.unmatched();
    if (!line.getSubcommands().isEmpty()
        && !unknown.isEmpty()
        && !unknown.get(0).startsWith("-")) {
      throw new UnmatchedArgumentException(line, unknown);
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return COULD_NOT_RUN;
  }

  /** Where data goes to, in the format that was asked for. */
  public Output output() {
    var line = spec.commandLine();
    return new Output(format, line.getOut(), line.getErr());
  }

  /** The variables of the process. */
  public Environment environment() {
    return environment;
  }

  /** What was written is told as any other error is; what could be written, by the help. */
  private static int misused(ParameterException problem, String[] arguments) {
    var line = problem.getCommandLine();
    line.getErr().println("reprise: " + problem.getMessage());
    var unused = UnmatchedArgumentException.printSuggestions(problem, line.getErr());
    line.getErr().println("reprise: see \"" + line.getCommandSpec().qualifiedName() + " --help\"");
    return COULD_NOT_RUN;
  }

  private static int report(Exception problem, CommandLine line, ParseResult parsed) {
    var root = (RepriseCommand) line.getCommandSpec().root().userObject();
    boolean isExpected =
        problem instanceof RepriseException || problem instanceof IllegalArgumentException;
    var text = isExpected && problem.getMessage() != null
        ? problem.getMessage()
        : "a defect of Reprise: " + problem;
    line.getErr().println("reprise: " + text);
    if (root.verbose) {
      LOG.error("{} failed", line.getCommandName(), problem);
    } else if (!isExpected) {
      line.getErr().println("reprise: run it again with --verbose to see where it comes from");
    }
    return COULD_NOT_RUN;
  }
}
