-- relations.stored: what the text of a copied row depends on, beside the columns and their types, as it was at the copy:
--
-- file      pg_class.relfilenode, another after a rewrite
-- columns   a digest of the versions of the columns' rows in the catalog. Where both are others, values may be, too: of a
--           column that was computed anew (ALTER COLUMN .. TYPE .. USING)
-- types     of types that the application made: the label of each value of an enum, the attributes of a composite type. They
--           read the copied texts as long as all that was there then is the same.
--
-- Where it does not fit any more, the table is copied again. Null for a relation that is no copy, and for copies from before.

alter table reprise_history.relations add column stored jsonb;
