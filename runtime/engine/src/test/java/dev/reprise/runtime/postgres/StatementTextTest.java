package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.TransactionMisuseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementTextTest {
  // tidy: a table
  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "COMMIT",
        "  Commit ;",
        "commit work",
        "commit and chain",
        "commit prepared 'x'",
        "end",
        "END TRANSACTION",
        "abort",
        "rollback",
        "rollback work",
        "rollback and no chain",
        "ROLLBACK PREPARED 'x'",
        "begin",
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "start transaction",
        "prepare transaction 'x'",
        "prepare transaction $$x$$",
        "PREPARE TRANSACTION E'x'",
        "set transaction isolation level read committed",
        "set local transaction read only",
        "set session characteristics as transaction isolation level serializable",
        "set transaction_isolation = 'read committed'",
        "SET LOCAL transaction_read_only TO on",
        "set \"Transaction_Deferrable\" = on",
        "set default_transaction_isolation = 'serializable'",
        "discard all",
        "DISCARD TEMP",
        "select 1; commit",
        "select 1;; ; commit; select 2",
        "-- hello\ncommit",
        "--\rcommit",
        "/* a /* nested */ still */ commit",
        "com/**/mit; /* */ commit -- x",
        "select ';' ; commit",
        "select E'\\'' ; commit --'",
        "select E'a'\n'\\'' ; commit --'",
        "select 'a\\' ; commit --'",
        "select U&'\\' ; commit --'",
        "select $$ ; $$ ; commit",
        "select $a$ $b$ $a$ ; commit",
        "select \"a;b\" from t; commit",
        "select a$b from t; commit; select c$b",
        "select $1; commit",
        "select 1e1; commit",
        "{oj commit}",
        "{ oj commit }",
        "create function f() returns int begin atomic select 1; select 2; end; commit",
        "create or replace procedure p() begin atomic select case when true then 1 end; end; commit",
        "create function f() returns int as 'begin' language sql; commit",
        "select 1 -- begin atomic\n; commit",
        "savepoint reprise_1",
        "rollback to reprise_1",
        "rollback work to savepoint \"reprise_1\"",
        "release REPRISE_2",
      })
  void refusesWhatEndsOrRedefinesTheTransaction(String text) { // tidy: a table
    assertThatThrownBy(() -> StatementText.of(text)).isInstanceOf(TransactionMisuseException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "select 'commit'",
        "select 1 /* ; commit */",
        "select 1 -- ; commit",
        "select 1 as commit",
        "select \"commit\" from \"; commit\"",
        "select $$ ; commit; $$",
        "select $tag$ ; commit; $$ ; commit $tag$",
        "select E'\\'; commit; --'",
        "select E'a' -- comment\n  'b\\'; commit; --'",
        "select e'\\\\', ' ; commit'",
        "select '; commit' '; rollback'",
        "select u&'; commit', U&\"; commit\"",
        "select ''' ; commit'",
        "create function f() returns int begin atomic select 1; end",
        "create or replace function f() returns int language sql begin atomic"
            + " select case when true then 1 else 2 end; commit; end",
        "create function f() returns int begin atomic select t.end, t.case from t as end; end",
        "do $$ begin commit; end $$",
        "rollback to a",
        "rollback work to savepoint a",
        "rollback transaction to \"A\"",
        "savepoint a",
        "release savepoint a",
        "release a",
        "set constraints all deferred",
        "set local role r",
        "set local statement_timeout = '1s'",
        "prepare transaction as select 1",
        "{call f(?)}",
        "{? = call commit(?)}",
        "insert into t values ({ts '2020-01-01 00:00:00'})",
        "start",
        "unterminated 'literal ; commit",
        "/* unterminated ; commit",
        "select $a$ unterminated ; commit",
        "\u00a0commit",
        "\u212aommit",
        "commits",
        "update \"begin\" set a = 1",
      })
  void allowsEverythingElse(String text) {
    assertThatCode(() -> StatementText.of(text)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set work_mem = '1MB'",
        "set session work_mem = '1MB'",
        "set role r",
        "set time zone 'UTC'",
        "set schema 'x'",
        "reset all",
        "listen x",
        "unlisten *",
        "load 'x'",
        "prepare p as select 1",
        "deallocate all",
        "select set_config('a.b', 'c', false)",
        "select pg_catalog.set_config ('a.b', $1, $2)",
        "select 1, PG_ADVISORY_LOCK(1)",
        "select \"pg_try_advisory_lock_shared\"(1)",
        "create temp table t (a int)",
        "create local temporary table t (a int)",
        "create or replace temp view v as select 1",
        "create table pg_temp.t (a int)",
        "select 1 into temp t",
        "declare c cursor with hold for select 1",
        "do $$ begin end $$",
        "select 1; set work_mem = '1MB'",
      })
  void noticesWhatStaysInTheSession(String text) {
    assertThat(StatementText.of(text).changesSession()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "set local work_mem = '1MB'",
        "set constraints all immediate",
        "select set_config('a.b', $1, true)",
        "select pg_advisory_xact_lock(1)",
        "create table t (a int)",
        "create temp table t (a int) on commit drop",
        "declare c cursor without hold for select 1",
        "update t set temp = 1",
        "select 'set work_mem'",
        "savepoint a",
      })
  void noticesThatOthersLeaveNothingBehind(String text) {
    assertThat(StatementText.of(text).changesSession()).isFalse();
  }

  @Test
  void readsSavepointCommandsInOrderAsTheServerNamesThem() {
    assertThat(StatementText.of(
                "savepoint A; rollback to savepoint \"B\"\"c\"; release a; rollback work to X")
            .savepoints())
        .containsExactly(
            new SavepointCommand(SavepointCommand.Kind.OPEN, "a"),
            new SavepointCommand(SavepointCommand.Kind.ROLL_BACK, "B\"c"),
            new SavepointCommand(SavepointCommand.Kind.RELEASE, "a"),
            new SavepointCommand(SavepointCommand.Kind.ROLL_BACK, "x"));
  }

  @Test
  void saysWhatWasRefusedAndWhatToDo() {
    assertThatThrownBy(() -> StatementText.of("rollback"))
        .hasMessageContaining("ROLLBACK is Reprise's")
        .hasMessageContaining("throw to roll back");
    assertThatThrownBy(() -> StatementText.of("set transaction read only"))
        .hasMessageContaining("@Transaction(isolation");
  }
}
