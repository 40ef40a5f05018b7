//! Shape: where things stand, and what holds them.

use super::pair::pair;

#[test]
fn unwrap() {
    pair(
        &["translation rule = 'unwrap', from = '/runs/run'"],
        r#"{"runs":{"run":[{"id":1}]}}"#,
        r#"{"runs":[{"id":1}]}"#,
    )
    .misses(&[
        (r#"[{"id":1}]"#, r#"{"run":[{"id":1}]}"#, "/runs: array became object"),
        ("[", "[1,", "/runs/*: extra"),
        ("\"runs\"", "\"run\"", "/runs: missing + /run: extra"),
    ])
    .unread(&[(
        "{\"run\"",
        "{\"count\":1,\"run\"",
        "/runs: object became array + /runs/run: untranslatable (unwrap /runs/run)",
    )])
    .holds();
}

#[test]
fn wrap() {
    pair(
        &["translation rule = 'wrap', from = '/licence', in = 'name'"],
        r#"{"licence":"CC0"}"#,
        r#"{"licence":{"name":"CC0"}}"#,
    )
    .misses(&[
        (r#"{"name":"CC0"}"#, "\"CC0\"", "/licence: object became string"),
        ("\"name\"", "\"title\"", "/licence/name: missing + /licence/title: extra"),
    ])
    .holds();
}

#[test]
fn rename() {
    pair(
        &["translation rule = 'rename', from = '/data/*/did', to = 'id'"],
        r#"{"data":[{"did":1},{"did":2}]}"#,
        r#"{"data":[{"id":1},{"id":2}]}"#,
    )
    .misses(&[
        ("\"id\":2", "\"did\":2", "/data/*/did: extra + /data/*/id: missing"),
        ("\"id\":2", "\"Id\":2", "/data/*/Id: extra + /data/*/id: missing"),
    ])
    // A name that is taken already is never written over.
    .unread(&[(
        "\"did\":2",
        "\"did\":2,\"id\":2",
        "/data/*/did: missing + /data/*/did: untranslatable (rename /data/*/did to id)",
    )])
    .holds();
}

#[test]
fn move_elsewhere() {
    pair(
        &["translation rule = 'move', from = '/study/tasks/task_id', to = '/task_ids'"],
        r#"{"study":{"id":1,"tasks":{"task_id":[7,8]}}}"#,
        r#"{"study":{"id":1},"task_ids":[7,8]}"#,
    )
    .misses(&[
        // The parent that it emptied is gone.
        ("{\"id\":1}", "{\"id\":1,\"tasks\":{}}", "/study/tasks: extra"),
        ("[7,8]", "[8,7]", "/task_ids/*: other value"),
    ])
    .unread(&[
        (
            "{\"study\"",
            "{\"task_ids\":[],\"study\"",
            "/study/tasks/task_id: untranslatable (move /study/tasks/task_id to /task_ids) + /task_ids/*: extra",
        ),
        // A parent that something else stands in stays, and what stands in it is owed.
        ("{\"task_id\"", "{\"count\":2,\"task_id\"", "/study/tasks: missing"),
    ])
    .holds();
}

#[test]
fn move_onto_ones_own_parent() {
    let rules = [
        "translation rule = 'move', from = '/data/*/tags/tag', to = '/data/*/tags'",
        "translation rule = 'move', from = '/**/upload/by/name', to = '/**/upload'",
    ];
    pair(
        &rules,
        r#"{"data":[{"tags":{"tag":["a"]}}],"flow":{"upload":{"by":{"name":"Ada"}}}}"#,
        r#"{"data":[{"tags":["a"]}],"flow":{"upload":"Ada"}}"#,
    )
    .misses(&[
        (r#"["a"]"#, r#"{"tag":["a"]}"#, "/data/*/tags: array became object"),
        ("\"Ada\"", "{\"by\":\"Ada\"}", "/flow/upload: string became object"),
    ])
    .unread(&[(
        "\"name\":\"Ada\"",
        "\"id\":1,\"name\":\"Ada\"",
        "/flow/upload: object became string + /flow/upload/by/name: untranslatable (move /**/upload/by/name to /**/upload)",
    )])
    .holds();
}

#[test]
fn list_at_any_depth() {
    pair(
        &["translation rule = 'list', from = ['/**/component', '/tag']"],
        r#"{"tag":"a","component":{"id":1,"component":[{"id":2,"component":{"id":3}}]}}"#,
        r#"{"tag":["a"],"component":[{"id":1,"component":[{"id":2,"component":[{"id":3}]}]}]}"#,
    )
    .misses(&[
        ("[\"a\"]", "\"a\"", "/tag: array became string"),
        ("[\"a\"]", "[[\"a\"]]", "/tag/*: string became array"),
        (
            "[{\"id\":3}]",
            "{\"id\":3}",
            "/component/*/component/*/component: array became object",
        ),
        ("[{\"id\":3}]", "[]", "/component/*/component/*/component/*: missing"),
    ])
    .holds();
}

#[test]
fn single_is_the_reverse() {
    pair(
        &[
            "translation rule = 'single', from = '/licence'",
            "translation rule = 'single', from = '/rows/*/value', empty = 'null'",
        ],
        r#"{"licence":["CC0"],"rows":[{"value":[]},{"value":["x"]}]}"#,
        r#"{"licence":"CC0","rows":[{"value":null},{"value":"x"}]}"#,
    )
    .misses(&[
        ("\"CC0\"", "[\"CC0\"]", "/licence: string became array"),
        ("null", "[]", "/rows/*/value: null became array"),
        ("null", "\"\"", "/rows/*/value: null became string"),
    ])
    .unread(&[
        (
            "[\"CC0\"]",
            "[]",
            "/licence: array became string + /licence: untranslatable (single /licence)",
        ),
        (
            "[\"CC0\"]",
            "[\"CC0\",\"CC1\"]",
            "/licence: array became string + /licence: untranslatable (single /licence)",
        ),
        ("[\"CC0\"]", "\"CC0\"", "/licence: untranslatable (single /licence)"),
    ])
    .holds();
}

#[test]
fn an_object_of_lists_and_back() {
    let columns = r#"{"data":{"index":[0,1],"name":["a","b"]}}"#;
    let rows = r#"{"data":[{"index":0,"name":"a"},{"index":1,"name":"b"}]}"#;
    pair(&["translation rule = 'rows_from_columns', from = '/data'"], columns, rows)
        .misses(&[
            (
                "\"index\":1,\"name\":\"b\"",
                "\"index\":1,\"name\":\"a\"",
                "/data/*/name: other value",
            ),
            (",{\"index\":1,\"name\":\"b\"}", "", "/data/*: missing"),
        ])
        // Columns that are not equally long, and one that is no list.
        .unread(&[
            (
                "[0,1]",
                "[0,1,2]",
                "/data: object became array + /data: untranslatable (rows_from_columns /data)",
            ),
            (
                "[0,1]",
                "0",
                "/data: object became array + /data: untranslatable (rows_from_columns /data)",
            ),
        ])
        .holds();
    pair(&["translation rule = 'columns_from_rows', from = '/data'"], rows, columns)
        .misses(&[("[0,1]", "[1,0]", "/data/index/*: other value")])
        .unread(&[(
            "\"index\":1,",
            "",
            "/data: array became object + /data: untranslatable (columns_from_rows /data)",
        )])
        .holds();
}

#[test]
fn an_object_to_a_list_of_its_entries_and_back() {
    let object = r#"{"qualities":{"Classes":"2","Size":"7"}}"#;
    let list = r#"{"qualities":[{"name":"Classes","value":"2"},{"name":"Size","value":"7"}]}"#;
    pair(
        &["translation rule = 'list_from_entries', from = '/qualities', key = 'name'"],
        object,
        list,
    )
    .misses(&[("\"Size\"", "\"size\"", "/qualities/*/name: other value")])
    .unread(&[(
        "{\"Classes\":\"2\",\"Size\":\"7\"}",
        "[]",
        "/qualities/*: extra + /qualities: untranslatable (list_from_entries /qualities)",
    )])
    .holds();
    pair(
        &["translation rule = 'entries_from_list', from = '/qualities', key = 'name'"],
        list,
        object,
    )
    .misses(&[("\"7\"", "7", "/qualities/Size: string became integer")])
    // A name that is there twice would swallow one of the two.
    .unread(&[(
        "\"Size\"",
        "\"Classes\"",
        "/qualities: array became object + /qualities: untranslatable (entries_from_list /qualities)",
    )])
    .holds();
}

#[test]
fn drop_a_member_and_list_items_by_value() {
    pair(
        &[
            "translation rule = 'drop', from = '/md5'",
            "translation rule = 'drop', from = '/tag/*', when = { equals = '\"legacy\"' }",
            "translation rule = 'drop', from = '/quality/*[name=Deprecated]'",
        ],
        r#"{"md5":"x","tag":["a","legacy"],"quality":[{"name":"Deprecated"},{"name":"Size"}],"id":1}"#,
        r#"{"tag":["a"],"quality":[{"name":"Size"}],"id":1}"#,
    )
    .misses(&[
        ("{\"tag\"", "{\"md5\":\"x\",\"tag\"", "/md5: extra"),
        ("[\"a\"]", "[\"a\",\"legacy\"]", "/tag/*: extra"),
        ("[\"a\"]", "[]", "/tag/*: missing"),
        ("{\"name\":\"Size\"}", "", "/quality/*: missing"),
    ])
    .holds();
    // Where there is nothing to drop, nothing is dropped and nothing is counted.
    let gone = r#"{"id":1}"#;
    let said = crate::support::middle::judge(
        &super::pair::suite(
            "[legacy]\nget = '/'\n[candidate]\nget = '/'\n",
            &["translation rule = 'drop', from = '/md5'"],
        ),
        crate::support::middle::json(gone),
        crate::support::middle::json(gone),
    );
    assert_eq!((said.verdict, said.applied), (parity::verdict::Verdict::Match, vec![]));
}

#[test]
fn the_first_n_of_a_list() {
    pair(
        &["translation rule = 'first', from = '/data', count = 2"],
        r#"{"data":[1,2,3]}"#,
        r#"{"data":[1,2]}"#,
    )
    .misses(&[
        ("[1,2]", "[1]", "/data/*: missing"),
        ("[1,2]", "[1,2,3]", "/data/*: extra"),
        ("[1,2]", "[2,3]", "/data/*: other value"),
    ])
    .unread(&[(
        "[1,2,3]",
        "\"1,2\"",
        "/data: string became array + /data: untranslatable (first /data 2)",
    )])
    .holds();
}

#[test]
fn default_of_a_member_that_the_legacy_leaves_out() {
    pair(
        &["translation rule = 'default', at = '/tags', value = '[]'"],
        r#"{"id":1}"#,
        r#"{"id":1,"tags":[]}"#,
    )
    .misses(&[
        ("[]", "null", "/tags: array became null (default /tags = [])"),
        (",\"tags\":[]", "", "/tags: missing (default /tags = [])"),
        ("[]", "[1]", "/tags/*: extra (default /tags = [])"),
    ])
    // What the legacy says, `null` included, is never defaulted.
    .unread(&[("\"id\":1", "\"id\":1,\"tags\":null", "/tags: null became array")])
    .holds();
}

#[test]
fn default_that_depends_on_a_sibling_with_otherwise() {
    pair(
        &["translation rule = 'default', at = '/**/parameter/*/value', values = [\
           { when = { sibling = 'type', equals = ['\"list\"', '\"set\"'] }, value = '[]' }, \
           { when = { sibling = 'type', pattern = 'int.*' }, value = '0' }, { value = 'null' }]"],
        r#"{"parameter":[{"type":"list"},{"type":"integer"},{"type":"x"},{},{"type":"list","value":"7"}],"sub":{"parameter":[{"type":"set"}]}}"#,
        r#"{"parameter":[{"type":"list","value":[]},{"type":"integer","value":0},{"type":"x","value":null},{"value":null},{"type":"list","value":"7"}],"sub":{"parameter":[{"type":"set","value":[]}]}}"#,
    )
    .misses(&[
        ("{\"type\":\"list\",\"value\":[]}", "{\"type\":\"list\",\"value\":null}", "/parameter/*/value: array became null (default /**/parameter/*/value)"),
        ("\"value\":0", "\"value\":\"0\"", "/parameter/*/value: integer became string (default /**/parameter/*/value)"),
        ("{\"value\":null}", "{}", "/parameter/*/value: missing (default /**/parameter/*/value)"),
    ])
    .holds();
}

#[test]
fn defaults_of_parents_come_first() {
    pair(
        &[
            "translation rule = 'default', at = '/meta/licence/name', value = '\"CC0\"'",
            "translation rule = 'default', at = '/meta/licence', value = '{}'",
            "translation rule = 'default', at = '/meta', value = '{}'",
        ],
        "{}",
        r#"{"meta":{"licence":{"name":"CC0"}}}"#,
    )
    .misses(&[(
        "\"CC0\"",
        "null",
        "/meta/licence/name: string became null (default /meta/licence/name = \"CC0\")",
    )])
    .holds();
}

#[test]
fn constant() {
    pair(
        &["translation rule = 'constant', at = '/data/*/version', value = '2'"],
        r#"{"data":[{"version":"1"},{}]}"#,
        r#"{"data":[{"version":2},{"version":2}]}"#,
    )
    .misses(&[
        (
            "2}]",
            "\"2\"}]",
            "/data/*/version: integer became string (constant /data/*/version = 2)",
        ),
        (
            "2}]",
            "2.0}]",
            "/data/*/version: integer became number (constant /data/*/version = 2)",
        ),
        ("{\"version\":2}]", "{}]", "/data/*/version: missing (constant /data/*/version = 2)"),
    ])
    .holds();
}
