-- All that a migration can make, as the server describes it. Names are without the schema as long as that is the search
-- path, so what is described in one schema can be compared with another.
SELECT 'table ' || c.relname AS name, string_agg(concat_ws(
    ' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
    pg_get_expr(d.adbin, d.adrelid), (SELECT l.collname FROM pg_collation AS l WHERE l.oid = a.attcollation)
), ', ' ORDER BY a.attnum) AS definition
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'c')
GROUP BY c.relname
UNION ALL
SELECT
    'constraint ' || c.conrelid::regclass || ' ' || c.conname,
    concat_ws(' ', pg_get_constraintdef(c.oid), c.convalidated)
FROM pg_constraint AS c
WHERE c.connamespace = current_schema()::regnamespace AND c.conrelid <> 0
UNION ALL
SELECT
    'index ' || c.relname,
    -- The server names the table with its schema here, whatever the search path.
    concat_ws(' ', replace(pg_get_indexdef(c.oid), ' ON ' || current_schema() || '.', ' ON '), i.indisvalid)
FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'trigger ' || t.tgname || ' of ' || c.relname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid, true))
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT
    'function ' || p.oid::regprocedure,
    concat_ws(' ', p.provolatile, p.prosecdef, p.proconfig::text, l.lanname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc))
FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = current_schema()::regnamespace
UNION ALL
SELECT 'view ' || c.relname, pg_get_viewdef(c.oid)
FROM pg_class AS c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT 'rule ' || r.rulename || ' of ' || c.relname, pg_get_ruledef(r.oid)
FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind <> 'v'
