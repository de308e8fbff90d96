package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.reprise.Execution;
import dev.reprise.Isolation;
import dev.reprise.RegistrationException;
import dev.reprise.runtime.json.JsonCodec;
import java.io.InputStream;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Types of parameters and results that cannot be recorded. */
@SuppressWarnings("unused") // signatures are what the tests are about
class RefusedSignaturesTest {
  record Order(String id) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes(@JsonSubTypes.Type(Card.class))
  interface Payment {}

  record Card(String number) implements Payment {}

  sealed interface Shape permits Circle {}

  record Circle(int radius) implements Shape {}

  record Drawing(String name, List<Shape> shapes) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  record ByClass(String name) {}

  public static class Opaque {
    private final String text;

    public Opaque(String text, int number) {
      this.text = text + number;
    }

    public String getText() {
      return text;
    }
  }

  record Sku(@JsonValue String code) {}

  interface Signatures {
    void stream(InputStream body);

    void connection(Connection connection);

    void nested(Map<String, List<Thread>> threads);

    void functional(Supplier<String> supplier);

    void runnable(Runnable action);

    void array(Class<?>[] classes);

    <T> void variable(T value);

    void wildcard(List<? extends Order> orders);

    @SuppressWarnings("rawtypes")
    void raw(List list);

    void object(Object value);

    void exception(Exception exception);

    void abstractClass(Shape shape);

    void abstractInside(Drawing drawing);

    void byClass(ByClass value);

    void inJava(Comparable<String> comparable);

    void keys(Map<Order, String> orders);

    CompletableFuture<String> future();

    Stream<String> results();

    Execution<String> execution();

    Object anything();

    void fine(
        Map<String, Object> map,
        List<Object> list,
        Order[] orders,
        Payment payment,
        byte[] bytes,
        java.sql.Timestamp timestamp,
        Map<Isolation, Instant> times,
        Map<Sku, Map<Long, Order>> nested,
        Optional<Isolation> isolation);
  }

  static List<Arguments> signatures() {
    return List.of(
        Arguments.of(
            "stream",
            "parameter 1 (java.io.InputStream) contains java.io.InputStream, which JSON cannot hold"),
        Arguments.of("connection", "contains java.sql.Connection, which JSON cannot hold"),
        Arguments.of("nested", "contains java.lang.Thread, which JSON cannot hold: hand over data"),
        Arguments.of("functional", "contains java.util.function.Supplier, which JSON cannot hold"),
        Arguments.of("runnable", "contains java.lang.Runnable, which JSON cannot hold"),
        Arguments.of("array", "contains"),
        Arguments.of("variable", "contains T, which is not known at run time"),
        Arguments.of("wildcard", "which is not known at run time: name a class or a record"),
        Arguments.of("raw", "contains List without type arguments: write List<..>"),
        Arguments.of("object", "is Object, which JSON cannot be turned back into"),
        Arguments.of("exception", "contains java.lang.Exception, which JSON cannot hold"),
        Arguments.of("abstractClass", "Shape, which is abstract: use a class or a record"),
        Arguments.of("abstractInside", "at shapes contains"),
        Arguments.of("byClass", "whose subtypes the data would name by class"),
        Arguments.of("inJava", "contains java.lang.Comparable, which is abstract"),
        Arguments.of("keys", "contains a map with keys of"),
        Arguments.of(
            "future",
            "its result (java.util.concurrent.CompletableFuture<java.lang.String>) contains"),
        Arguments.of("results", "contains java.util.stream.Stream, which JSON cannot hold"),
        Arguments.of("execution", "contains dev.reprise.Execution, which JSON cannot hold"),
        Arguments.of("anything", "its result (java.lang.Object) is Object"));
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void aSignatureThatCannotBeRecordedIsRefused(String name, String message) {
    var method = Stream.of(Signatures.class.getMethods())
        .filter(candidate -> candidate.getName().equals(name))
        .findFirst()
        .orElseThrow();
    var codec = new JsonCodec();
    assertThatThrownBy(() -> MethodRules.checkSignature(Signatures.class, method, codec))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("Signatures." + name + " cannot be recorded: its ")
        .hasMessageContaining(message);
  }

  @Test
  void aSignatureThatJsonCanHoldIsNotRefused() {
    var codec = new JsonCodec();
    assertThat(Stream.of(Signatures.class.getMethods())
            .filter(method -> method.getName().equals("fine"))
            .flatMap(method -> Stream.of(method.getGenericParameterTypes()))
            .map(codec::problem))
        .hasSize(9)
        .containsOnly(Optional.empty());
  }
}
