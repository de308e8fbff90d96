package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.Script;
import dev.reprise.debugger.retro.CodeChange;
import dev.reprise.debugger.retro.Footprint;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Reach;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs only the executions again that the changed code can reach: by the classes of their functions, and through the rows
 * that those write. What transactions read and wrote is found by running the recorded code. For one use.
 */
final class Selection {
  private final Retroaction retroaction;
  private final RecordedCode recorded;
  private final ChangedCode changed;
  private final @Nullable Path original;
  private final Map<String, CodeChange> changes = new HashMap<>();

  /**
   * Of a trace.
   *
   * @param original the jar that ran; null where the database keeps it
   */
  Selection(
      Retroaction retroaction,
      RecordedCode recorded,
      ChangedCode changed,
      @Nullable Path original) {
    this.original = original;
    this.retroaction = retroaction;
    this.recorded = recorded;
    this.changed = changed;
  }

  /** Runs it as often as it takes until nobody else turns out to be reached. */
  Retroaction.Result run(Steps steps, Set<String> leftOut, List<String> notes)
      throws InterruptedException {
    var direct = new HashSet<String>(leftOut);
    for (var script : retroaction.scripts()) {
      if (isChanged(script)) {
        direct.add(script.row().id());
      }
    }
    var families = families();
    int certain = Reach.affected(Map.of(), direct, families, Map.of()).size();
    if (direct.isEmpty()) {
      var reasons = new TreeMap<String, String>();
      retroaction
          .scripts()
          .forEach(script ->
              reasons.put(script.row().id(), "Its code is the same, as that of all others."));
      return retroaction.run(change(steps, reasons, leftOut, false));
    }
    if (certain >= retroaction.scripts().size()) {
      return retroaction.run(change(steps, Map.of(), leftOut, false));
    }
    var originals = originals();
    var redone = new TreeMap<String, Footprint>();
    var affected = Reach.affected(originals, direct, families, redone);
    while (true) {
      var unaffected = new TreeMap<>(Reach.reasons(originals, affected, redone));
      unaffected.keySet().removeAll(affected);
      var result = retroaction.run(change(steps, unaffected, leftOut, true));
      redone.putAll(byExecution(result.transactions(), result.executions()));
      var now = Reach.affected(originals, affected, families, redone);
      if (affected.containsAll(now)) {
        if (!unaffected.isEmpty()) {
          notes.add(unaffected.size() + " of " + retroaction.scripts().size()
              + " executions are not reached by the change and were not run again");
        }
        return result;
      }
      result.close();
      affected = now;
    }
  }

  private Retroaction.Change change(
      Steps steps, Map<String, String> unaffected, Set<String> leftOut, boolean footprints) {
    return new Retroaction.Change(
        row -> changed.application(), steps, unaffected, leftOut, footprints);
  }

  /** Where the recorded code is not known, it may have been any. */
  private boolean isChanged(Script script) {
    var version = original == null ? script.row().version() : "given";
    if (version == null || !changed.stubs().isEmpty()) {
      return true; // whoever calls a stub, directly or not, meets other code
    }
    var known = changes.get(version);
    if (known == null) {
      var jar = original == null ? recorded.jar(version) : Optional.of(content(original));
      if (jar.isEmpty()) {
        return true;
      }
      known = CodeChange.between(jar.get(), changed.content());
      changes.put(version, known);
    }
    var function = script.application().find(script.row().function());
    return function.isEmpty()
        || changed.application().find(script.row().function()).isEmpty()
        || known.reaches(function.get().method().getDeclaringClass().getName());
  }

  private static byte[] content(Path jar) {
    try {
      return Files.readAllBytes(jar);
    } catch (IOException e) {
      throw new RepriseException("the jar " + jar + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, Footprint> originals() throws InterruptedException {
    var asRecorded = new Retroaction.Change(
        row -> retroaction.scripts().stream()
            .filter(script -> script.row().execution().equals(row.execution()))
            .findFirst()
            .orElseThrow()
            .application(),
        new Steps(false, Set.of()),
        Map.of(),
        Set.of(),
        true);
    try (var result = retroaction.run(asRecorded)) {
      return byExecution(result.transactions(), result.executions());
    }
  }

  private static Map<String, Footprint> byExecution(
      Collection<Performed> transactions, Collection<Redone> executions) {
    var all = new HashMap<String, Footprint>();
    executions.stream()
        .filter(redone -> redone.how() == Redone.How.RUN)
        .forEach(redone -> all.put(redone.id(), Footprint.NONE));
    for (var transaction : transactions) {
      all.merge(transaction.execution(), transaction.footprint(), Footprint::and);
    }
    return all;
  }

  private Map<String, Set<String>> families() {
    var roots = new HashMap<UUID, String>();
    var families = new HashMap<String, Set<String>>();
    for (var script : retroaction.scripts()) { // parents come before children
      var row = script.row();
      var parent = row.parentExecution();
      var root = parent == null ? row.id() : roots.getOrDefault(parent, row.id());
      roots.put(row.execution(), root);
      families.computeIfAbsent(root, id -> new HashSet<>()).add(row.id());
    }
    return families;
  }
}
