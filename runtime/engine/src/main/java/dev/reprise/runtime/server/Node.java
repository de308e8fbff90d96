package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.background.GroupWriter;
import dev.reprise.runtime.background.Heartbeat;
import dev.reprise.runtime.background.LogRetention;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.background.ScheduledStarts;
import dev.reprise.runtime.background.SettlementPoll;
import dev.reprise.runtime.background.Ticker;
import dev.reprise.runtime.background.WatchPoll;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.execution.ActiveRuns;
import dev.reprise.runtime.execution.Forking;
import dev.reprise.runtime.execution.Launcher;
import dev.reprise.runtime.execution.LocalEngine;
import dev.reprise.runtime.execution.NodeMembership;
import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.execution.RunServices;
import dev.reprise.runtime.execution.Schedules;
import dev.reprise.runtime.execution.Settlements;
import dev.reprise.runtime.execution.TimeOrderedIds;
import dev.reprise.runtime.execution.Watches;
import dev.reprise.runtime.http.DeploymentDesk;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.record.Recorder;
import dev.reprise.runtime.store.Agenda;
import dev.reprise.runtime.store.BusinessCommit;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExpiredExecutions;
import dev.reprise.runtime.store.GroupWrite;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.NodeStore;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.store.ScheduleStore;
import dev.reprise.runtime.store.Sweep;
import dev.reprise.runtime.telemetry.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: everything between a database and the callers, wired once. Thread-safe; closing twice is allowed.
 */
public final class Node implements AutoCloseable { // tidy: a node is put together here
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration UNWINDING = Duration.ofSeconds(2);

  private final DatabaseConfig databaseConfig;
  private final NodeConfig config;
  private final NodeMembership membership;
  private final Database database;
  private final DatabaseClock clock = new DatabaseClock();
  private final Stores stores;
  private final ExecutorService threads = RunThreads.create();
  private final ActiveRuns active;
  private final Settlements settlements = new Settlements();
  private final Catalog catalog;
  private final Optional<DeploymentDesk> desk;
  private final GroupWriter writer;
  private final LocalEngine engine;
  private final Heartbeat heartbeat;
  private final AtomicReference<@Nullable Heartbeat> rejoining = new AtomicReference<>();
  private final Supplier<Sweep.Capabilities> capabilities;
  private final Schedules schedules;
  private final AtomicReference<@Nullable Loop> schedulesLoop = new AtomicReference<>();
  private final List<Loop> loops;
  private final Loop pulse;
  private final Recorder recorder;
  private boolean closed;

  private Node(
      NodeConfig config,
      DatabaseConfig databaseConfig,
      Code code,
      Metrics metrics,
      RecordConfig record,
      UUID id) {
    this.config = config;
    this.databaseConfig = databaseConfig;
    this.membership = new NodeMembership(id, config.deathTimeout());
    this.database = Database.open(databaseConfig, this::admit);
    this.stores = Stores.of(database, clock, config.limits());
    this.active = new ActiveRuns(config.maxRunning(), threads);
    var group = new GroupWrite(clock);
    this.writer = new GroupWriter(stores.log(), group);
    var watches = new Watches();
    var services = new RunServices(
        database,
        stores.executions(),
        stores.queues(),
        writer,
        new JointWrite(stores.log(), group),
        new Post(stores.messages(), stores.events(), watches, active, this::dueAt),
        new BusinessCommit(clock),
        clock,
        membership,
        threads,
        this::dueAt,
        metrics,
        config.limits());
    var installed = install(code);
    this.catalog = installed.catalog();
    this.desk = installed.desk();
    var launcher = new Launcher(services, active, settlements, catalog);
    this.engine = new LocalEngine(
        services,
        active,
        settlements,
        catalog,
        launcher,
        new Forking(stores.forks(), catalog, clock));
    this.capabilities = installed.capabilities();
    this.heartbeat = heartbeat(launcher);
    rejoining.set(heartbeat);
    this.pulse = new Loop("heartbeat", config.heartbeat(), heartbeat);
    this.schedules = new Schedules(
        new ScheduleStore(stores.log(), clock, new TimeOrderedIds()::next),
        catalog,
        capabilities.get().deployments(),
        this::dueAt,
        this::lookAtSchedules);
    this.loops = loops(installed, new WatchPoll(watches, stores.events()));
    this.recorder = new Recorder(databaseConfig, record, this::admit);
  }

  private Heartbeat heartbeat(Launcher launcher) {
    return new Heartbeat(
        membership,
        stores.nodes(),
        stores.sweep(),
        active,
        launcher,
        clock,
        new Heartbeat.Cluster(
            config.heartbeat(), capabilities, () -> ClusterEntry.rejoin(databaseConfig, config)));
  }

  private List<Loop> loops(Code.Installed installed, WatchPoll watching) {
    var all = new ArrayList<>(installed.loops());
    all.add(pulse);
    var starts = new Loop("schedules", Duration.ofSeconds(1), new ScheduledStarts(schedules));
    schedulesLoop.set(starts);
    all.add(starts);
    all.add(new Loop("ticker", Duration.ofMillis(500), new Ticker(active, clock)));
    all.add(new Loop(
        "settlements",
        Duration.ofSeconds(1),
        new SettlementPoll(settlements, active, stores.executions())));
    all.add(new Loop("watches", Duration.ofSeconds(1), watching));
    if (config.retention().longest().isPresent()) {
      var expired = new ExpiredExecutions(stores.log(), clock, config.retention());
      all.add(new Loop("retention", Duration.ofMinutes(1), new LogRetention(expired)));
    }
    return List.copyOf(all);
  }

  /** Migrations may take longer than the death timeout: the heart beats meanwhile. */
  private Code.Installed install(Code code) {
    try (var joining = new Loop("joining", config.heartbeat(), poked -> showLife())) {
      joining.start();
      return code.install(new Code.Site(
          stores.log(),
          stores.queues(),
          this::engine,
          databaseConfig,
          active::runsVersion,
          this::lookAtSchedules));
    } catch (RuntimeException e) {
      writer.close();
      database.close();
      threads.shutdownNow();
      throw e;
    }
  }

  /**
   * Starts a node: migrates the schema, joins the cluster, goes on with what is due.
   *
   * @throws RepriseException where the database or the code cannot be used; the message names what to do
   */
  public static Node start(NodeConfig config, DatabaseConfig database, Code code) {
    return start(config, database, code, Metrics.OFF);
  }

  /** The same with something that counts. */
  public static Node start(NodeConfig config, DatabaseConfig database, Code code, Metrics metrics) {
    return start(config, database, code, metrics, RecordConfig.OFF);
  }

  /** The same with a recorder of changes, which starts when the node has joined. */
  public static Node start(
      NodeConfig config, DatabaseConfig database, Code code, Metrics metrics, RecordConfig record) {
    Migrator.reprise(database).migrate();
    if (record.mode() == RecordConfig.Mode.ON) {
      Recorder.requirePossible(database);
    }
    UUID id = ClusterEntry.join(database, config);
    Node node;
    try {
      node = new Node(config, database, code, metrics, record, id);
    } catch (RuntimeException e) {
      ClusterEntry.leaveQuietly(database, id);
      throw e;
    }
    try {
      node.begin();
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
    return node;
  }

  /** Whoever has the node finds its schedules planned. */
  private void begin() {
    stores.sweep().announce(membership.node(), capabilities.get());
    schedules.declare();
    loops.forEach(Loop::start);
    recorder.start();
  }

  private Duration showLife() throws SQLException {
    long sent = System.nanoTime();
    if (Database.alone(databaseConfig, c -> NodeStore.heartbeat(c, membership.node()))
        .isPresent()) {
      membership.confirmed(sent);
    }
    return config.heartbeat();
  }

  /**
   * Every connection belongs to a living node; a process that was declared dead gets none until it has rejoined, which
   * the first connection sees to: a pool that is refused connections asks for them less and less often.
   */
  private void admit(Connection connection) throws SQLException {
    var node = membership.node();
    if (NodeStore.registerBackend(connection, node)) {
      return;
    }
    membership.refused();
    var heart = rejoining.get();
    if (heart != null) {
      heart.rejoin(node);
      if (NodeStore.registerBackend(connection, membership.node())) {
        return;
      }
    }
    throw new SQLException("node " + node + " was declared dead", "08004");
  }

  private void lookAtSchedules() {
    var loop = schedulesLoop.get();
    if (loop != null) {
      loop.poke();
    }
  }

  private void dueAt(Instant time) {
    heartbeat.dueAt(time);
    pulse.poke();
  }

  /** What callers use. */
  public LocalEngine engine() {
    return engine;
  }

  /** When which workflows are started. */
  public Schedules schedules() {
    return schedules;
  }

  /** Takes deployments; empty where the code is part of an application. */
  public Optional<DeploymentDesk> desk() {
    return desk;
  }

  /** The code that the node can run. */
  public Catalog catalog() {
    return catalog;
  }

  /** Whether the heart beats: the database was reached within the death timeout. */
  public boolean isHealthy() {
    return membership.mayStartEffects();
  }

  /** How the recording of changes fares here. */
  public RecordStatus recording() {
    return recorder.status();
  }

  /** The connections of the node, for measurements. */
  public Database database() {
    return database;
  }

  /** The executions that run here. */
  public ActiveRuns active() {
    return active;
  }

  /** The queues of the cluster. */
  public QueueStore queues() {
    return stores.queues();
  }

  /** What is under way and what comes next; for tests. */
  public Agenda agenda() {
    return new Agenda(stores.log(), clock);
  }

  /** The time of executions; for tests. */
  public Instant now() {
    return clock.now();
  }

  /** Moves the time of executions forward; for tests. */
  public void advance(Duration by) {
    clock.advance(by);
    active.tick(clock.now());
    active.wakeAll();
    lookAtSchedules();
    dueAt(Instant.MIN);
  }

  /** Takes no new calls and claims nothing more; what runs goes on. */
  public void refuseNewWork() {
    engine.refuseNewWork();
    heartbeat.stopClaiming();
  }

  /**
   * Stops: refuses new work, waits for running executions within the grace period, ends the transactions of the rest
   * and gives these to other nodes.
   */
  @Override
  public void close() {
    close(() -> {});
  }

  /**
   * The same.
   *
   * @param graceOver called before what still runs is given up, while it can be told where its executions go on
   */
  void close(Runnable graceOver) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    refuseNewWork();
    awaitQuiet(config.shutdownGrace());
    graceOver.run();
    active.abandonAll(ActiveRuns.SHUT_DOWN);
    awaitQuiet(UNWINDING);
    var stuck =
        active.active(); // they did not let go: their threads go on, or wait for what never comes
    loops.forEach(Loop::close);
    recorder.close();
    writer.close();
    // the connections first: what is released must not commit here any more
    database.close();
    leave(stuck);
    threads.shutdownNow();
    catalog.close();
  }

  private void awaitQuiet(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (!active.active().isEmpty() && System.nanoTime() < end) {
        Backoff.await(Duration.ofMillis(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void leave(Collection<UUID> stuck) {
    try {
      int released = Database.alone(
          databaseConfig, connection -> stores.nodes().leave(connection, membership.node(), stuck));
      LOG.info("node {} has left; {} executions go on elsewhere", membership.node(), released);
    } catch (SQLException e) {
      LOG.warn(
          "node {} could not leave; others find it silent after {}",
          membership.node(),
          config.deathTimeout(),
          e);
    }
  }
}
