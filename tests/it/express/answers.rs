//! Encodings, and presets.

use super::pair::pair;

#[test]
fn a_legacy_in_xml_against_a_candidate_in_json() {
    let mut xml = pair(
        &[
            "translation rule = 'unwrap', from = '/data'",
            "translation rule = 'list', from = '/data/tag'",
            "translation rule = 'integer', at = ['/id', '/size']",
            "translation rule = 'map', at = '/note', values = [{ legacy = '[]', candidate = '\"\"' }]",
        ],
        "<?xml version=\"1.0\"?>\n<oml:data xmlns:oml=\"http://openml.org/openml\">\n  <oml:id>61</oml:id>\n  <oml:size>007</oml:size>\n  \
         <oml:tag>a &lt; b</oml:tag>\n  <oml:note/>\n</oml:data>",
        r#"{"id":61,"size":7,"tag":["a < b"],"note":""}"#,
    )
    .legacy_is(200, "text/xml; charset=utf-8")
    .sides("[legacy]\nget = '/'\nencoding = 'xml'\n[candidate]\nget = '/'\n")
    .misses(&[
        ("61", "\"61\"", "/id: integer became string (integer /id)"),
        ("[\"a < b\"]", "\"a < b\"", "/tag: array became string"),
        ("a < b", "a &lt; b", "/tag/*: other value"),
        ("\"\"", "[]", "/note: string became array (map /note)"),
    ])
    .unread(&[
        (">61<", ">sixty-one<", "/id: untranslatable (integer /id)"),
        ("<oml:note/>", "<oml:note/><oml:more>1</oml:more>", "/more: missing"),
    ]);
    xml.holds();
    // The same rules do for the same tree in JSON.
    xml.legacy = (
        200,
        "application/json",
        r#"{"data":{"id":"61","size":"007","tag":"a < b","note":[]}}"#,
    );
    xml.sides = "[legacy]\nget = '/'\n[candidate]\nget = '/'\n";
    xml.unread = &[];
    xml.holds();
}

#[test]
fn a_preset_acts_on_the_paths_that_it_is_told() {
    let rules = [
        "preset use = 'php-xml-json@1', lists = ['/data/tag', '/**/parameter'], empty_text = '/data/note', empty_null = '/**/default_value'",
    ];
    pair(
        &rules,
        r#"{"data":{"tag":"a","note":[],"other":[],"parameter":{"default_value":[],"parameter":[]}}}"#,
        r#"{"data":{"tag":["a"],"note":"","other":[],"parameter":[{"default_value":null,"parameter":[]}]}}"#,
    )
    .misses(&[
        ("[\"a\"]", "\"a\"", "/data/tag: array became string"),
        (
            "\"note\":\"\"",
            "\"note\":[]",
            "/data/note: string became array (php-xml-json@1: map /data/note)",
        ),
        (
            "null",
            "\"\"",
            "/data/parameter/*/default_value: null became string (php-xml-json@1: null /**/default_value)",
        ),
        // A genuine empty list that no path names stays one.
        ("\"other\":[]", "\"other\":\"\"", "/data/other: array became string"),
        (
            "\"parameter\":[]",
            "\"parameter\":null",
            "/data/parameter/*/parameter: array became null",
        ),
    ])
    .holds();
}
