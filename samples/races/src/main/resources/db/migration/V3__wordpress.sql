-- WordPress, as far as the tickets 11437 and 11073 are about it.
--
-- option     settings by their names.
-- post       an article: 'published' or 'trashed'.
-- comment    to a post: 'approved', 'pending' or 'trashed'.
-- post_meta  of a trashed post: what each of its comments was before, so that it can be so again.

create schema wordpress;

create table wordpress.option (
  name text primary key,
  value text not null
);

create table wordpress.post (
  id bigint primary key,
  status text not null default 'published' check (status in ('published', 'trashed'))
);

create table wordpress.comment (
  id bigint generated always as identity primary key,
  post bigint not null references wordpress.post,
  body text not null,
  status text not null default 'approved' check (status in ('approved', 'pending', 'trashed'))
);

create table wordpress.post_meta (
  comment bigint primary key references wordpress.comment,
  status text not null
);
