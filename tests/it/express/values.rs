//! Values: maps, types, texts.

use super::pair::pair;

#[test]
fn any_value_becomes_any_other() {
    pair(
        &[
            "translation rule = 'map', at = '/text', values = [{ legacy = '[]', candidate = '\"\"' }]",
            "translation rule = 'map', at = '/texts', values = [{ legacy = '[]', candidate = '[\"\"]' }]",
            "translation rule = 'map', at = '/object', values = [{ legacy = '[]', candidate = '{}' }]",
            "translation rule = 'map', at = '/state/*', values = [{ legacy = '\"A\"', candidate = '{\"name\":\"active\"}' }, \
             { legacy = '{\"x\":[1]}', candidate = 'false' }, { legacy = 'null', candidate = '-1.50' }]",
        ],
        r#"{"text":[],"texts":[],"object":[],"state":["A",{"x":[1]},null,"B"]}"#,
        r#"{"text":"","texts":[""],"object":{},"state":[{"name":"active"},false,-1.50,"B"]}"#,
    )
    .misses(&[
        ("\"text\":\"\"", "\"text\":[]", "/text: string became array (map /text)"),
        ("\"text\":\"\"", "\"text\":\" \"", "/text: other value (map /text)"),
        ("[\"\"]", "[]", "/texts/*: missing (map /texts)"),
        ("[\"\"]", "\"\"", "/texts: array became string (map /texts)"),
        ("{}", "[]", "/object: object became array (map /object)"),
        ("{}", "null", "/object: object became null (map /object)"),
        ("false", "\"false\"", "/state/*: boolean became string (map /state/*)"),
        // What no row of the map names is left, and owed as it is.
        ("\"B\"", "{\"name\":\"active\"}", "/state/*: string became object (map /state/*)"),
    ])
    .holds();
}

#[test]
fn integers() {
    pair(
        &["translation rule = 'integer', at = '/*'"],
        r#"["34","-5","+7","007","100000000000000000000","-0"]"#,
        "[34,-5,7,7,100000000000000000000,0]",
    )
    .misses(&[
        ("34", "\"34\"", "/*: integer became string (integer /*)"),
        ("34", "34.0", "/*: integer became number (integer /*)"),
        ("34", "35", "/*: other value (integer /*)"),
        ("100000000000000000000", "100000000000000000001", "/*: other value (integer /*)"),
        ("34", "true", "/*: integer became boolean (integer /*)"),
    ])
    .unread(&[
        ("\"34\"", "\"abc\"", "/*: untranslatable (integer /*)"),
        ("\"34\"", "\" 34\"", "/*: untranslatable (integer /*)"),
        ("\"34\"", "\"34.0\"", "/*: untranslatable (integer /*)"),
        ("\"34\"", "34.0", "/*: untranslatable (integer /*)"),
        ("\"34\"", "\"\"", "/*: untranslatable (integer /*)"),
        ("\"34\"", "[]", "/*: untranslatable (integer /*)"),
        ("\"34\"", "null", "/*: untranslatable (integer /*)"),
        ("\"34\"", "true", "/*: untranslatable (integer /*)"),
    ])
    .holds();
}

#[test]
fn numbers_in_every_spelling_with_every_digit() {
    pair(
        &["translation rule = 'number', at = '/*'"],
        r#"["1E-5",".5","1.0","1.","-.5e+3","0.1000000000000000055511151231257827021181583404541015625","1e400","9007199254740993"]"#,
        "[0.00001,0.50,1,1.0,-500,0.1000000000000000055511151231257827021181583404541015625,10e399,9007199254740993]",
    )
    .misses(&[
        ("0.00001", "\"1E-5\"", "/*: number became string (number /*)"),
        ("0.00001", "0.000010000001", "/*: other value (number /*)"),
        ("0.50", "null", "/*: number became null (number /*)"),
        ("1015625", "1015626", "/*: other value (number /*)"),
        ("10e399", "10e398", "/*: other value (number /*)"),
        ("9007199254740993", "9007199254740992", "/*: other value (number /*)"),
    ])
    .unread(&[
        ("\"1E-5\"", "\"0,00001\"", "/*: untranslatable (number /*)"),
        ("\"1E-5\"", "\"NaN\"", "/*: untranslatable (number /*)"),
        ("\"1E-5\"", "\"0x1\"", "/*: untranslatable (number /*)"),
        ("\".5\"", "\".\"", "/*: untranslatable (number /*)"),
        ("\".5\"", "\".5 \"", "/*: untranslatable (number /*)"),
    ])
    .holds();
}

#[test]
fn booleans_in_declared_spellings() {
    pair(
        &[
            "translation rule = 'boolean', at = '/plain'",
            "translation rule = 'boolean', at = '/other/*', true = ['1', 'yes'], false = ['0', '']",
        ],
        r#"{"plain":"true","other":["1","yes",0,""]}"#,
        r#"{"plain":true,"other":[true,true,false,false]}"#,
    )
    .misses(&[
        (
            "\"plain\":true",
            "\"plain\":\"true\"",
            "/plain: boolean became string (boolean /plain)",
        ),
        ("\"plain\":true", "\"plain\":1", "/plain: boolean became integer (boolean /plain)"),
        ("\"plain\":true", "\"plain\":false", "/plain: other value (boolean /plain)"),
        ("false]", "null]", "/other/*: boolean became null (boolean /other/*)"),
    ])
    .unread(&[
        (
            "\"plain\":\"true\"",
            "\"plain\":\"TRUE\"",
            "/plain: untranslatable (boolean /plain)",
        ),
        ("\"plain\":\"true\"", "\"plain\":\"1\"", "/plain: untranslatable (boolean /plain)"),
        ("\"yes\"", "\"true\"", "/other/*: untranslatable (boolean /other/*)"),
    ])
    .holds();
}

#[test]
fn texts_of_numbers_and_booleans() {
    pair(
        &["translation rule = 'text', at = '/*'"],
        "[1,0.930,true,\"x\"]",
        r#"["1","0.930","true","x"]"#,
    )
    .misses(&[
        ("\"1\"", "1", "/*: string became integer (text /*)"),
        ("\"0.930\"", "\"0.93\"", "/*: other value (text /*)"),
    ])
    .unread(&[
        ("[1,", "[[],", "/*: untranslatable (text /*)"),
        ("[1,", "[null,", "/*: untranslatable (text /*)"),
    ])
    .holds();
}

#[test]
fn null_when_empty() {
    pair(
        &[
            "translation rule = 'null', at = '/plain/*'",
            "translation rule = 'null', at = '/declared/*', values = ['\"None\"', '[]', '-1', '{}']",
            "translation rule = 'integer', at = '/typed/*', empty = 'null'",
        ],
        r#"{"plain":[[],"","None"],"declared":["None",[],-1,{},""],"typed":["7","",[]]}"#,
        r#"{"plain":[null,null,"None"],"declared":[null,null,null,null,""],"typed":[7,null,null]}"#,
    )
    .misses(&[
        ("\"plain\":[null", "\"plain\":[[]", "/plain/*: null became array (null /plain/*)"),
        (
            "\"declared\":[null",
            "\"declared\":[\"None\"",
            "/declared/*: null became string (null /declared/*)",
        ),
        ("null]}", "0]}", "/typed/*: null became integer (integer /typed/*)"),
    ])
    // A list that is not empty is never taken for an empty one.
    .unread(&[
        ("\"\",[]]", "\"\",[\"\"]]", "/typed/*: untranslatable (integer /typed/*)"),
        ("\"plain\":[[]", "\"plain\":[[1]", "/plain/*: array became null (null /plain/*)"),
    ])
    .holds();
}

#[test]
fn a_null_made_by_an_earlier_phase_passes_later_ones() {
    pair(
        &[
            "translation rule = 'single', from = '/a', empty = 'null'",
            "translation rule = 'map', at = '/b', values = [{ legacy = '\"None\"', candidate = 'null' }]",
            "translation rule = 'trim', at = ['/a', '/b', '/c', '/d']",
            "translation rule = 'null', at = '/c'",
            "translation rule = 'integer', at = ['/a', '/b', '/c', '/d']",
        ],
        r#"{"a":[],"b":"None","c":" ","d":" 7 "}"#,
        r#"{"a":null,"b":null,"c":null,"d":7}"#,
    )
    .misses(&[
        ("\"a\":null", "\"a\":[]", "/a: null became array (integer /a)"),
        ("\"b\":null", "\"b\":\"None\"", "/b: null became string (map /b)"),
    ])
    // A null of the legacy's own is none that a rule made.
    .unread(&[("\" 7 \"", "null", "/d: untranslatable (trim /d)")])
    .holds();
}

#[test]
fn dates_and_times() {
    pair(
        &[
            "translation rule = 'datetime', at = '/day', reads = ['%d.%m.%Y', '%Y-%m-%d'], writes = '%Y-%m-%d'",
            "translation rule = 'datetime', at = '/seconds', reads = '%s', writes = '%Y-%m-%dT%H:%M:%SZ'",
            "translation rule = 'datetime', at = '/offset', reads = '%Y-%m-%d %H:%M:%S%.f', writes = '%Y-%m-%dT%H:%M:%S%.fZ'",
        ],
        r#"{"day":"06.04.2014","seconds":1396826364,"offset":"2014-04-06 23:19:24.25"}"#,
        r#"{"day":"2014-04-06","seconds":"2014-04-06T23:19:24Z","offset":"2014-04-06T23:19:24.25Z"}"#,
    )
    .misses(&[
        ("2014-04-06\"", "2014-06-04\"", "/day: other value (datetime /day)"),
        (":24Z", ":25Z", "/seconds: other value (datetime /seconds)"),
    ])
    .unread(&[
        ("06.04.2014", "30.02.2014", "/day: untranslatable (datetime /day)"),
        ("06.04.2014", "06.04.2014 ", "/day: untranslatable (datetime /day)"),
    ])
    .holds();
}

#[test]
fn convert_where_it_reads_else_leave() {
    pair(
        &[
            "translation rule = 'number', at = '/value/*', unreadable = 'keep'",
            "translation rule = 'datetime', at = '/date/*', reads = '%Y-%m-%d %H:%M:%S', writes = '%Y-%m-%dT%H:%M:%S', unreadable = 'keep'",
        ],
        r#"{"value":["1E-5","C4.5",[]],"date":["2014-04-06 23:19:24","spring"]}"#,
        r#"{"value":[1e-5,"C4.5",[]],"date":["2014-04-06T23:19:24","spring"]}"#,
    )
    .misses(&[
        ("1e-5", "\"1E-5\"", "/value/*: number became string (number /value/*)"),
        ("\"C4.5\"", "4.5", "/value/*: string became number (number /value/*)"),
        ("[]", "null", "/value/*: array became null (number /value/*)"),
        ("\"spring\"", "null", "/date/*: string became null (datetime /date/*)"),
    ])
    .holds();
}

#[test]
fn trim_and_lower_case() {
    pair(
        &[
            "translation rule = 'trim', at = '/name'",
            "translation rule = 'lower', at = ['/name', '/format']",
        ],
        r#"{"name":"  Iris\n","format":"ARFF"}"#,
        r#"{"name":"iris","format":"arff"}"#,
    )
    .misses(&[
        ("\"iris\"", "\"iris \"", "/name: other value (lower /name)"),
        ("\"arff\"", "\"Arff\"", "/format: other value (lower /format)"),
    ])
    .unread(&[("\"ARFF\"", "7", "/format: untranslatable (lower /format)")])
    .holds();
}

#[test]
fn replacements_by_regular_expression() {
    pair(
        &[
            "translation rule = 'replace', at = '/swap', pattern = '(\\w+), (?<first>\\w+)', with = '${first} $1'",
            "translation rule = 'replace', at = '/steps', steps = [{ pattern = '^http:', with = 'https:' }, { pattern = '//+$', with = '/' }]",
        ],
        r#"{"swap":"Lovelace, Ada","steps":"http://a.test/b//"}"#,
        r#"{"swap":"Ada Lovelace","steps":"https://a.test/b/"}"#,
    )
    .misses(&[
        ("Ada Lovelace", "Lovelace, Ada", "/swap: other value (replace /swap)"),
        ("b/\"", "b\"", "/steps: other value (replace /steps)"),
    ])
    .unread(&[("\"Lovelace, Ada\"", "[]", "/swap: untranslatable (replace /swap)")])
    .holds();
}

#[test]
fn split_and_join() {
    pair(
        &[
            "translation rule = 'split', from = '/split', separator = ',', trim = true",
            "translation rule = 'join', at = '/join', separator = '; '",
        ],
        r#"{"split":"a, b,c","join":["x","y"]}"#,
        r#"{"split":["a","b","c"],"join":"x; y"}"#,
    )
    .misses(&[
        ("[\"a\",\"b\",\"c\"]", "\"a, b,c\"", "/split: array became string"),
        ("\"b\"", "\" b\"", "/split/*: other value"),
        ("\"x; y\"", "\"x;y\"", "/join: other value (join /join)"),
    ])
    .unread(&[
        (
            "\"a, b,c\"",
            "7",
            "/split: integer became array + /split: untranslatable (split /split)",
        ),
        ("[\"x\",\"y\"]", "[\"x\",1]", "/join: untranslatable (join /join)"),
    ])
    .holds();
}

#[test]
fn html_entities() {
    pair(
        &[
            "translation rule = 'unescape_html', at = '/once'",
            "translation rule = 'unescape_html', at = '/twice', times = 2",
            "translation rule = 'escape_html', at = '/back'",
        ],
        r#"{"once":"a &lt; b &amp; &#233;","twice":"&amp;quot;x&amp;quot;","back":"a < \"b\""}"#,
        r#"{"once":"a < b & é","twice":"\"x\"","back":"a &lt; &quot;b&quot;"}"#,
    )
    .misses(&[
        ("a < b", "a &lt; b", "/once: other value (unescape_html /once)"),
        (r#"\"x\""#, "&quot;x&quot;", "/twice: other value (unescape_html /twice)"),
        ("a &lt; ", "a < ", "/back: other value (escape_html /back)"),
    ])
    .holds();
}

#[test]
fn template_with_captured_parts() {
    pair(
        &["translation rule = 'template', at = '/link', pattern = 'https?://[^/]+/d/(?<id>\\d+)/(?<name>.*)', to = '/data/{legacy.id}?of={run_id}&name={legacy.name}'"],
        r#"{"link":"http://x.test/d/61/iris"}"#,
        r#"{"link":"/data/61?of=34&name=iris"}"#,
    )
    .sides("[parameters]\nrun_id = [34]\n[legacy]\nget = '/{run_id}'\n[candidate]\nget = '/{run_id}'\n")
    .misses(&[("61", "62", "/link: other value (template /link)"), ("of=34", "of=35", "/link: other value (template /link)")])
    .unread(&[("/d/61", "/t/61", "/link: untranslatable (template /link)")])
    .holds();
}
