package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a statement asks for that is recorded nowhere. */
class AskedValuesTest {
  @Test
  void sequencesTimesAndChanceAreHeard() {
    assertThat(AskedValues.in("select NEXTVAL ('a'), now(), random()"))
        .containsExactly("nextval", "now", "random");
    assertThat(AskedValues.in("update t set at = current_timestamp, on_day = CURRENT_DATE"))
        .containsExactly("current_date", "current_timestamp");
    assertThat(AskedValues.in("select pg_catalog.gen_random_uuid()"))
        .containsExactly("gen_random_uuid");
  }

  @Test
  void literalsAndLikeNamesAreNot() {
    assertThat(AskedValues.in("select 'now()', 'it''s random()' from known where nextval = 1"))
        .isEmpty();
    assertThat(AskedValues.in("select unknown(1), current_timestamps from x")).isEmpty();
  }
}
