-- Which transactions changed the definitions, so that it is known from which commit on a schema held.
--
-- schemas.made_by         The transactions of which rows of the catalogs were left when this schema was found, and that had
--                         not been visible at the look before. Empty where only objects went away: that leaves no row. Null
--                         for the first schema of an epoch, and where nobody looked for them.
-- relations.base_writers  Of the first copy of a table that was found while recording: the transactions that wrote its rows
--                         since the look before. What they did is in no change, if it was before the table was published.
--                         Null for all other copies, and where they are too many.

alter table reprise_history.schemas add column made_by xid8[];
alter table reprise_history.relations add column base_writers xid8[];
