-- What each node can run, so that an execution that no living node can run is seen and shown as STRANDED.
--
-- nodes.functions       names of the functions whose executions carry no version; null until the node has told
-- nodes.version         the version of an embedded application; null where there is none
-- nodes.loads_versions  whether the node loads any version that "deployments" holds
--
-- A stranded execution that keeps its "wake_at" was due and found nobody: it becomes PENDING by itself when a node comes that
-- can run it. One without "wake_at" was claimed by a node that could not load its code: it needs "resume".

alter table reprise.nodes
  add column functions text[],
  add column version text,
  add column loads_versions boolean not null default false;

create index executions_stranded on reprise.executions (wake_at) where status = 'STRANDED';
