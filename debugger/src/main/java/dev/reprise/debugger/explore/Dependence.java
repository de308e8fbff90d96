package dev.reprise.debugger.explore;

import static dev.reprise.debugger.explore.Event.Kind.TAKE;

import dev.reprise.debugger.retro.Footprint;

/**
 * Which two events may come out differently in the other order. Two events of one actor always; a snapshot and a commit
 * if the commit wrote what the transaction of the snapshot reads or writes (it decides what is seen, and whether there is
 * a write conflict); two commits if one wrote what the other wrote or, past its snapshot, looked at. Two snapshots never.
 */
class Dependence {
  boolean between(Event one, Footprint ofOne, Event other, Footprint ofOther) {
    if (one.actor().equals(other.actor())) {
      return true;
    }
    return reaches(one, ofOne, ofOther) || reaches(other, ofOther, ofOne);
  }

  /** Whether what the first wrote has an effect on the second. */
  boolean reaches(Event writer, Footprint ofWriter, Footprint ofOther) {
    return writer.kind() != TAKE && ofOther.isTouchedBy(ofWriter.writes());
  }
}
