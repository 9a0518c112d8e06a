"""What keeps the audit trail inside the databases themselves: it is only appended to, whoever writes."""

CHANGE = (
    'UPDATE OF seq, at, actor, entity, "row", action, before, after, act, outcome, trace, link, '
    "digest"
)
_PRUNED = "SELECT MAX(CAST(\"row\" AS BIGINT)) FROM azora_audit WHERE action = 'pruned'"
NOT_PRUNED = f"OLD.link IS NULL OR OLD.link > COALESCE(({_PRUNED}), 0)"

SQLITE_KEEPS = """CREATE TRIGGER azora_trail_{name} BEFORE {event} ON azora_audit WHEN {when}
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only appended to'); END"""

POSTGRES_REFUSES = """
CREATE FUNCTION azora_trail_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        kept := OLD.link IS NOT NULL;
    ELSE
        EXECUTE format('SELECT COALESCE($1 > COALESCE(MAX(CAST("row" AS bigint)), 0), true)'
            ' FROM %I.azora_audit WHERE action = ''pruned''', TG_TABLE_SCHEMA)
            INTO kept USING OLD.link;
    END IF;
    IF kept THEN
        RAISE EXCEPTION 'the audit trail is only appended to';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$"""
POSTGRES_KEEPS = (
    f"CREATE TRIGGER azora_trail BEFORE {CHANGE} OR DELETE ON azora_audit "
    "FOR EACH ROW EXECUTE FUNCTION azora_trail_kept()"
)

POSTGRES_RECORDS = """
CREATE OR REPLACE FUNCTION azora_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_key text;
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    key_columns text[] := string_to_array(TG_ARGV[0], ',');
    hidden text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    SELECT string_agg(COALESCE(is_now, was) ->> column_name, '/' ORDER BY place)
        INTO row_key FROM unnest(key_columns) WITH ORDINALITY AS part(column_name, place);
    IF TG_OP = 'UPDATE' THEN
        SELECT COALESCE(jsonb_object_agg(o.key,
                CASE WHEN o.key = ANY(hidden) THEN '"***"'::jsonb ELSE o.value END), '{}'),
            COALESCE(jsonb_object_agg(o.key,
                CASE WHEN o.key = ANY(hidden) THEN '"*** changed"'::jsonb ELSE n.value END), '{}')
            INTO was, is_now
            FROM jsonb_each(was) AS o JOIN jsonb_each(is_now) AS n ON n.key = o.key
            WHERE n.value IS DISTINCT FROM o.value;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        was := was - hidden;
        is_now := is_now - hidden;
    END IF;
    EXECUTE format('INSERT INTO %I.azora_audit'
        ' (at, actor, entity, "row", action, before, after, act)'
        ' VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', TG_TABLE_SCHEMA)
        USING extract(epoch FROM clock_timestamp())::double precision,
            COALESCE(NULLIF(current_setting('azora.actor', true), ''), 'database:' || session_user),
            TG_TABLE_NAME::text, row_key, lower(TG_OP),
            (SELECT jsonb_object_agg(key, CASE WHEN length(value #>> '{}') > 1000
                THEN to_jsonb(left(value #>> '{}', 1000) || '…') ELSE value END)
                FROM jsonb_each(was))::text,
            (SELECT jsonb_object_agg(key, CASE WHEN length(value #>> '{}') > 1000
                THEN to_jsonb(left(value #>> '{}', 1000) || '…') ELSE value END)
                FROM jsonb_each(is_now))::text,
            NULLIF(current_setting('azora.act', true), '');
    RETURN NULL;
END $$"""

FIRST_AUDIT_FUNCTION = """
CREATE FUNCTION azora_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_key text;
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    key_columns text[] := string_to_array(TG_ARGV[0], ',');
    personal text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    SELECT string_agg(COALESCE(after, before) ->> column_name, '/' ORDER BY place)
        INTO row_key FROM unnest(key_columns) WITH ORDINALITY AS part(column_name, place);
    EXECUTE format('INSERT INTO %I.azora_audit (at, actor, entity, "row", action, before, after)'
        ' VALUES ($1, $2, $3, $4, $5, $6, $7)', TG_TABLE_SCHEMA)
        USING extract(epoch FROM clock_timestamp())::double precision,
            COALESCE(NULLIF(current_setting('azora.actor', true), ''), 'database:' || session_user),
            TG_TABLE_NAME::text, row_key, lower(TG_OP),
            (before - personal)::text, (after - personal)::text;
    RETURN NULL;
END $$"""
"""What migration 4 made. A migration never changes, so neither does this."""
