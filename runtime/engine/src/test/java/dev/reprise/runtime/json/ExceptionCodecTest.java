package dev.reprise.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.FunctionException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExceptionCodecTest {
  private static final AtomicBoolean INITIALISED = new AtomicBoolean();

  static class NoException {
    static {
      INITIALISED.set(true);
    }
  }

  static class OutOfStock extends Exception {
    OutOfStock(String item) {
      super(item + " is out of stock");
    }
  }

  static class Fixed extends Exception {
    Fixed(String ignored) {
      super("wrong " + ignored);
    }

    Fixed() {
      super("always the same");
    }
  }

  static class OnlyMessage extends RuntimeException {
    OnlyMessage(String message) {
      super(message);
    }
  }

  static class Explosive extends RuntimeException {
    Explosive(String message) {
      super(message);
      if (!message.equals("first")) {
        throw new IllegalStateException("boom");
      }
    }

    static Explosive create() {
      return new Explosive("first") {
        @Override
        public @Nullable String getMessage() {
          return "second";
        }
      };
    }
  }

  static final class WithCause extends Exception {
    final boolean byBoth;

    @SuppressWarnings("unused") // called by the codec
    private WithCause(@Nullable String message, @Nullable Throwable cause) {
      super(message, cause);
      byBoth = true;
    }

    WithCause(String message) {
      super(message);
      byBoth = false;
    }
  }

  abstract static class Abstract extends Exception {
    Abstract(String message) {
      super(message);
    }
  }

  private static Throwable roundTrip(Throwable exception) {
    return ExceptionCodec.decode(
        ExceptionCodec.encode(exception), ExceptionCodecTest.class.getClassLoader());
  }

  @Test
  void typeMessageAndCausesComeBack() {
    var back = roundTrip(
        new IllegalStateException("outer", new IOException("middle", new OnlyMessage("inner"))));
    assertThat(back).isExactlyInstanceOf(IllegalStateException.class).hasMessage("outer");
    assertThat(back.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("middle");
    assertThat(back).rootCause().isExactlyInstanceOf(OnlyMessage.class).hasMessage("inner");
  }

  @Test
  void aNullMessageStaysNull() {
    assertThat(roundTrip(new IllegalStateException()))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(null);
    assertThat(roundTrip(new IllegalStateException((String) null, new IOException("why"))))
        .hasMessage(null)
        .hasCauseExactlyInstanceOf(IOException.class);
  }

  @Test
  void theConstructorWithMessageAndCauseIsPreferredEvenWherePrivate() {
    assertThat(roundTrip(new WithCause("m")))
        .isInstanceOfSatisfying(WithCause.class, e -> assertThat(e.byBoth).isTrue());
  }

  @Test
  void aCauseIsSetWhereTheConstructorTakesNone() {
    var original = new OnlyMessage("m");
    original.initCause(new IOException("why"));
    assertThat(roundTrip(original)).hasMessage("m").hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aConstructorThatGivesAnotherMessageIsNotUsed() {
    assertThat(roundTrip(new OutOfStock("pen")))
        .isInstanceOfSatisfying(
            FunctionException.class,
            e -> assertThat(e.errorType()).isEqualTo(OutOfStock.class.getName()))
        .hasMessage("pen is out of stock");
    assertThat(roundTrip(new Fixed()))
        .isExactlyInstanceOf(Fixed.class)
        .hasMessage("always the same");
  }

  @Test
  void aConstructorThatThrowsIsNotUsed() {
    var json = new JsonObject()
        .put("type", Explosive.class.getName())
        .put("message", Explosive.create().getMessage())
        .toString();
    assertThat(ExceptionCodec.decode(json, getClass().getClassLoader()))
        .isInstanceOf(FunctionException.class)
        .hasMessage("second");
  }

  @Test
  void anAbstractOrUnknownTypeBecomesAFunctionException() {
    assertThat(roundTrip(new Abstract("m") {})).isInstanceOf(FunctionException.class);
    assertThat(ExceptionCodec.decode(
            "{\"type\":\"org.example.Gone\",\"message\":\"m\"}", getClass().getClassLoader()))
        .isInstanceOfSatisfying(
            FunctionException.class, e -> assertThat(e.errorType()).isEqualTo("org.example.Gone"))
        .hasMessage("m");
  }

  @Test
  void theTypeOfAFunctionExceptionIsTheOriginalOne() {
    var back = roundTrip(roundTrip(new OutOfStock("pen")));
    assertThat(back)
        .isInstanceOfSatisfying(
            FunctionException.class,
            e -> assertThat(e.errorType()).isEqualTo(OutOfStock.class.getName()));
  }

  @Test
  void aClassThatIsNoExceptionIsNotEvenInitialised() {
    var json = "{\"type\":\"" + NoException.class.getName() + "\",\"message\":\"m\"}";
    assertThat(ExceptionCodec.decode(json, getClass().getClassLoader()))
        .isInstanceOf(FunctionException.class);
    assertThat(INITIALISED).isFalse();
  }

  @Test
  void thePartsOfAnExceptionCanBeReadWithoutItsClass() {
    var info = ExceptionCodec.describe(
        ExceptionCodec.encode(new OutOfStock("pen").initCause(new SQLException("no", "42P01"))));
    assertThat(info.type()).isEqualTo(OutOfStock.class.getName());
    assertThat(info.message()).isEqualTo("pen is out of stock");
    assertThat(info.causes())
        .containsExactly(new ErrorInfo.Cause(SQLException.class.getName(), "no"));
  }

  @Test
  void anExceptionWhoseMessageCannotBeReadIsStillRecorded() {
    var exception = new IOException() {
      @Override
      public String getMessage() {
        throw new IllegalStateException("no");
      }
    };
    assertThat(ExceptionCodec.describe(ExceptionCodec.encode(exception)).message())
        .isEqualTo("(its getMessage() threw java.lang.IllegalStateException)");
  }

  @Test
  void causesAndMessagesAreBounded() {
    Throwable chain = new IOException("0");
    for (int i = 1; i < 30; i++) {
      chain = new IOException(String.valueOf(i), chain);
    }
    assertThat(ExceptionCodec.describe(ExceptionCodec.encode(chain)).causes()).hasSize(10);
    var info = ExceptionCodec.describe(ExceptionCodec.encode(new IOException("x".repeat(20_000))));
    assertThat(info.message()).hasSize(10_000);
  }

  @Test
  void aCycleOfCausesEnds() {
    var first = new IOException("first");
    first.initCause(new IOException("second", first));
    assertThat(ExceptionCodec.describe(ExceptionCodec.encode(first)).causes()).hasSize(10);
  }

  @Test
  void textThatIsNoExceptionIsRefused() {
    assertThatThrownBy(() -> ExceptionCodec.describe("[]"))
        .isInstanceOf(UnreadableJsonException.class)
        .hasMessageContaining("no recorded exception");
    assertThatThrownBy(() -> ExceptionCodec.describe("{}"))
        .isInstanceOf(UnreadableJsonException.class)
        .hasMessageContaining("no type");
  }
}
