package dev.reprise.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class JsonCodecPropertiesTest {
  enum Size {
    SMALL,
    LARGE
  }

  record Leaf(String text, Size size) {}

  record Node(
      long id,
      double weight,
      boolean active,
      char letter,
      BigDecimal price,
      Optional<Leaf> leaf,
      List<String> names,
      Map<String, Integer> counts,
      Set<Leaf> leaves) {}

  private final JsonCodec codec = new JsonCodec();

  private @Nullable Object roundTrip(@Nullable Object value, Type type) {
    var json = codec.encode(value, type);
    var stored = new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(json).doesNotContain("\u0000");
    return codec.decode(stored, type);
  }

  @Property
  void everyStringComesBack(@ForAll String text) {
    assertThat(roundTrip(text, String.class)).isEqualTo(text);
  }

  @Property
  void halvesOfSurrogatePairsComeBack(@ForAll char one, @ForAll char two) {
    var text = "" + one + (char) (0xD800 | (two & 0x7FF)) + two;
    assertThat(roundTrip(text, String.class)).isEqualTo(text);
  }

  @Property
  void everyNumberComesBack(
      @ForAll double decimal,
      @ForAll float single,
      @ForAll long whole,
      @ForAll BigDecimal exact,
      @ForAll BigInteger big) {
    assertThat(roundTrip(decimal, double.class)).isEqualTo(decimal);
    assertThat(roundTrip(single, float.class)).isEqualTo(single);
    assertThat(roundTrip(whole, long.class)).isEqualTo(whole);
    assertThat(roundTrip(exact, BigDecimal.class)).isEqualTo(exact);
    assertThat(roundTrip(big, BigInteger.class)).isEqualTo(big);
  }

  @Property
  void everyRecordComesBack(
      @ForAll long id,
      @ForAll double weight,
      @ForAll char letter,
      @ForAll BigDecimal price,
      @ForAll List<String> names,
      @ForAll Map<String, Integer> counts,
      @ForAll Set<Size> sizes) {
    var leaves = new LinkedHashSet<Leaf>();
    sizes.forEach(size -> leaves.add(new Leaf(names.isEmpty() ? "" : names.get(0), size)));
    var node = new Node(
        id, weight, id > 0, letter, price, leaves.stream().findFirst(), names, counts, leaves);
    assertThat(roundTrip(node, Node.class)).isEqualTo(node);
  }

  @Property
  void everyTimeComesBack(@ForAll long seconds, @ForAll int nanos) {
    var instant = Instant.ofEpochSecond(seconds % 31_556_889_864_403_199L, Math.abs((long) nanos));
    assertThat(roundTrip(instant, Instant.class)).isEqualTo(instant);
    var duration = Duration.ofSeconds(seconds / 2, nanos);
    assertThat(roundTrip(duration, Duration.class)).isEqualTo(duration);
  }

  @Property
  void theOrderOfMapsAndSetsDoesNotMatter(
      @ForAll Map<String, Integer> counts, @ForAll Set<String> names, @ForAll long seed) {
    var types = List.<Type>of(
        new TypeRef<Map<String, Integer>>() {}.type(), new TypeRef<Set<Leaf>>() {}.type());
    var leaves = new LinkedHashSet<Leaf>();
    names.forEach(name -> leaves.add(new Leaf(name, Size.LARGE)));
    var text = codec.encodeArguments(List.of(counts, leaves), types);
    var shuffled =
        codec.encodeArguments(List.of(shuffled(counts, seed), shuffled(leaves, seed)), types);
    assertThat(shuffled).isEqualTo(text);
    assertThat(codec.encodeArguments(codec.decodeArguments(text, types), types)).isEqualTo(text);
  }

  @Property
  void differentTextsAreDifferentArguments(@ForAll String one, @ForAll String two) {
    var types = List.<Type>of(String.class);
    assertThat(codec
            .encodeArguments(List.of(one), types)
            .equals(codec.encodeArguments(List.of(two), types)))
        .isEqualTo(one.equals(two));
  }

  private static <V> Map<String, V> shuffled(Map<String, V> map, long seed) {
    var keys = new ArrayList<>(map.keySet());
    Collections.shuffle(keys, new Random(seed));
    var shuffled = new LinkedHashMap<String, V>();
    keys.forEach(key -> shuffled.put(key, map.get(key)));
    return shuffled;
  }

  private static <V> Set<V> shuffled(Set<V> set, long seed) {
    var list = new ArrayList<>(set);
    Collections.shuffle(list, new Random(seed));
    return new LinkedHashSet<>(list);
  }
}
