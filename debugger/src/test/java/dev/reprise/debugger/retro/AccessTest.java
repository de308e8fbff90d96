package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final List<Access> ALL = List.of(
      Access.table("pen"),
      new Access("pen", "(1)"),
      new Access("pen", "(2)"),
      Access.gaps("pen", "pen_pkey"),
      Access.entries("pen", "pen_pkey"),
      Access.gaps("pen", "pen_ink"),
      Access.entries("pen", "pen_ink"));

  @Test
  void aWholeTableMeetsAllOfIt() {
    assertThat(ALL).allMatch(Access.table("pen")::meets);
    assertThat(ALL).noneMatch(Access.table("owner")::meets);
  }

  @Test
  void partsMeetThemselvesAndGapsMeetEntries() {
    assertThat(ALL).filteredOn(ALL.get(1)::meets).containsExactly(ALL.get(0), ALL.get(1));
    assertThat(ALL).filteredOn(ALL.get(3)::meets).containsExactly(ALL.get(0), ALL.get(4));
    assertThat(ALL).filteredOn(ALL.get(4)::meets).containsExactly(ALL.get(0), ALL.get(3));
  }

  @Test
  void meetingIsSymmetric() {
    for (var one : ALL) {
      for (var other : ALL) {
        assertThat(one.meets(other)).as(one + " " + other).isEqualTo(other.meets(one));
      }
    }
  }

  @Test
  void onlyAWholeTableHasNoKey() {
    assertThat(new Access("pen", null)).isEqualTo(Access.table("pen"));
    assertThatThrownBy(() -> new Access("pen", null, Access.Kind.ROW))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
