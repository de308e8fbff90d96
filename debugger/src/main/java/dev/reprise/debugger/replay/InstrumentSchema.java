package dev.reprise.debugger.replay;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The functions of the instruments, and the tables that each session has of its own: temporary ones, because the server
 * keeps no read locks on them, so that the instruments cause no conflicts between serializable transactions.
 *
 * <p>{@code reprise_captured} has the changes, {@code reprise_expected} the recorded inserts of the transaction, and
 * {@code reprise_attempted} the statements that write and the rows that were to be inserted, also where {@code ON CONFLICT}
 * skipped them. Where a session has not got them, the triggers do nothing.
 */
public final class InstrumentSchema {
  /** The upper half of the advisory locks that mark a table as one that a statement was to write. */
  public static final int MARK = 0x52505253;

  private static final String FUNCTIONS = """
      create schema reprise_replay;
      create function reprise_replay.counter(name text, relation oid) returns integer language sql volatile
        return coalesce(nullif(current_setting('reprise_replay.' || name || relation, true), ''), '0')::integer;

      create function reprise_replay.is_recorded(rel oid) returns boolean
        language plpgsql volatile security definer set search_path = pg_catalog as $$
        begin
          if to_regclass('pg_temp.reprise_expected') is null then
            return false;
          end if;
          return exists (select from pg_temp.reprise_expected
                          where relation = rel and ordinal = reprise_replay.counter('at', rel));
        end $$;

      create function reprise_replay.recorded(rel oid, which integer) returns text
        language plpgsql volatile security definer set search_path = pg_catalog as $$
        begin
          return (select columns[which] from pg_temp.reprise_expected
                   where relation = rel and ordinal = reprise_replay.counter('at', rel));
        end $$;

      create function reprise_replay.next_of(of_sequence regclass) returns bigint
        language plpgsql volatile security definer set search_path = pg_catalog as $$
        declare coming bigint;
        begin
          execute format('select case when is_called then last_value + (select seqincrement from pg_sequence
            where seqrelid = %%s) else last_value end from %%s', of_sequence::oid, of_sequence) into coming;
          return coming;
        end $$;

      -- a value that is in use is not given again
      create function reprise_replay.pass(of_sequence regclass, value numeric) returns void
        language plpgsql volatile security definer set search_path = pg_catalog as $$
        declare coming bigint := reprise_replay.next_of(of_sequence);
                drawn pg_sequence;
        begin
          select * into drawn from pg_sequence where seqrelid = of_sequence;
          if value between drawn.seqmin and drawn.seqmax and (value - coming) * sign(drawn.seqincrement) >= 0 then
            perform setval(of_sequence, trunc(value)::bigint, true);
          end if;
        end $$;

      -- the text of a row as all instruments write it, whatever the session's settings are
      create function reprise_replay.text_of(row_text text, rel regclass) returns text
        language plpgsql stable security definer
        set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres'
        set extra_float_digits = 1 set bytea_output = 'hex' set lc_monetary = 'C' as $$
        declare written text;
        begin
          execute format('select (%%L::%%s)::text', row_text, rel) into written;
          return written;
        end $$;

      -- draws the recorded value from the sequence, so that currval is as it was; what follows is not in use
      create function reprise_replay.recorded(rel oid, which integer, of_sequence regclass) returns bigint
        language plpgsql volatile security definer set search_path = pg_catalog as $$
        declare value bigint;
                coming bigint := reprise_replay.next_of(of_sequence);
                step bigint := (select seqincrement from pg_sequence where seqrelid = of_sequence);
        begin
          value := trunc(reprise_replay.recorded(rel, which)::numeric)::bigint;
          if value is null then
            return null;
          end if;
          perform setval(of_sequence, value, false);
          perform nextval(of_sequence);
          if (coming - value) * sign(step) > 0 then
            perform setval(of_sequence, coming, false);
          end if;
          return value;
        exception when object_not_in_prerequisite_state or numeric_value_out_of_range then
          return value;
        end $$;

      create function reprise_replay.capture() returns trigger language plpgsql security definer
        set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres'
        set extra_float_digits = 1 set bytea_output = 'hex' set lc_monetary = 'C' as $$
        declare root oid;
        begin
          if to_regclass('pg_temp.reprise_captured') is null then
            return null;
          end if;
          if tg_op = 'TRUNCATE' then
            insert into pg_temp.reprise_captured (relation, kind) values (tg_relid, tg_op);
            return null;
          end if;
          insert into pg_temp.reprise_captured (relation, kind, old_row, new_row)
            values (tg_relid, tg_op,
                    case when tg_op <> 'INSERT' then old::text end, case when tg_op <> 'DELETE' then new::text end);
          if tg_op = 'INSERT' then
            root := coalesce(pg_partition_root(tg_relid), tg_relid);
            perform set_config('reprise_replay.done' || root, (reprise_replay.counter('done', root) + 1)::text, true);
          end if;
          return null;
        end $$;

      create function reprise_replay.begin_insert() returns trigger language plpgsql security definer
        set search_path = pg_catalog as $$
        declare root oid := coalesce(pg_partition_root(tg_relid), tg_relid);
        begin
          perform set_config('reprise_replay.at' || root, reprise_replay.counter('done', root)::text, true);
          return null;
        end $$;

      create function reprise_replay.before_insert() returns trigger language plpgsql security definer
        set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres'
        set extra_float_digits = 1 set bytea_output = 'hex' set lc_monetary = 'C' as $$
        declare root oid := coalesce(pg_partition_root(tg_relid), tg_relid);
                place integer := reprise_replay.counter('at', root);
        begin
          if to_regclass('pg_temp.reprise_expected') is null then
            return new;
          end if;
          insert into pg_temp.reprise_attempted (relation, new_row) values (tg_relid, new::text);
          if exists (select from pg_temp.reprise_expected
                      where relation = root and ordinal = place and row_text = new::text) then
            perform set_config('reprise_replay.at' || root, (place + 1)::text, true);
          end if;
          return new;
        end $$;

      -- An advisory lock of the session outlives the rollback to a savepoint; a lost ordinal tells of one.
      create function reprise_replay.attempt() returns trigger language plpgsql security definer
        set search_path = pg_catalog as $$
        begin
          if to_regclass('pg_temp.reprise_attempted') is not null then
            perform pg_try_advisory_lock_shared((%1$d::bigint << 32) | tg_relid::bigint);
            insert into pg_temp.reprise_attempted (relation) values (tg_relid);
          end if;
          return null;
        end $$;

      grant usage on schema reprise_replay to public;
      """;

  private static final String TEMPORARY = """
      create temporary table reprise_captured (
        ordinal bigint generated always as identity,
        relation oid not null, kind text not null, old_row text, new_row text);
      create temporary table reprise_expected (
        relation oid, ordinal integer, row_text text not null, columns text[] not null,
        primary key (relation, ordinal));
      create temporary table reprise_attempted (
        ordinal bigint generated always as identity, relation oid not null, new_row text);
      """;

  private static final String RESET = """
      truncate pg_temp.reprise_captured, pg_temp.reprise_expected, pg_temp.reprise_attempted restart identity;
      do $$ begin
        perform pg_advisory_unlock_shared((classid::bigint << 32) | objid::bigint)
           from pg_locks
          where locktype = 'advisory' and pid = pg_backend_pid() and classid = %1$d and objsubid = 1;
      end $$;
      """;

  private InstrumentSchema() {}

  static void create(Connection scratch) throws SQLException {
    execute(scratch, FUNCTIONS.formatted(MARK));
  }

  /** Gives a session its tables, or empties them; not in a transaction. */
  static void prepare(Connection session) throws SQLException {
    boolean there = Jdbc.query(
            session,
            "select to_regclass('pg_temp.reprise_attempted') is not null",
            Binder.NOTHING,
            row -> row.getBoolean(1))
        .get(0);
    execute(session, there ? RESET.formatted(MARK) : TEMPORARY);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
