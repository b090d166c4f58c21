-- A dry run is the sync itself, rolled back.
drop function if exists preview_sync(text, text, bigint[]);
