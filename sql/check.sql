-- What a database must be before anything is made in it; psql and the services run this first.
do $$
begin
    if current_setting('server_encoding') <> 'UTF8' then
        raise exception 'the database % is in %, which cannot hold everybody''s name; it must be made with the encoding UTF8',
            current_database(), current_setting('server_encoding')
            using errcode = 'RM008';
    end if;
end
$$;
