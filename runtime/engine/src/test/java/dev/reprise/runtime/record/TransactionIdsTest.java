package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class TransactionIdsTest {
  @Property
  void anIdNearTheReferenceIsFoundFromItsLowerHalf(
      @ForAll @LongRange(min = 1L << 31, max = 1L << 62) long reference,
      @ForAll @LongRange(min = Integer.MIN_VALUE, max = Integer.MAX_VALUE) long distance) {
    assertThat(new TransactionIds(reference).inFull((int) (reference + distance)))
        .isEqualTo(reference + distance);
  }

  @Example
  void theWrapAroundIsCrossedInBothDirections() {
    var ids = new TransactionIds((1L << 32) - 2);
    assertThat(ids.inFull(5)).isEqualTo((1L << 32) + 5);
    ids.reference((1L << 32) + 5);
    assertThat(ids.inFull(-2)).isEqualTo((1L << 32) - 2);
  }

  @Example
  void aYoungServerHasSmallIds() {
    assertThat(new TransactionIds(800).inFull(731)).isEqualTo(731);
  }
}
