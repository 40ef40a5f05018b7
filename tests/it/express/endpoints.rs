//! What migrating an API of twelve endpoints had to say, each endpoint with the habits that were found there.

use super::pair::{Pair, pair};

/// Both sides are asked for one thing, `{id}`.
const ONE: &str = "[parameters]\nid = [34]\n[legacy]\nget = '/{id}'\nerror_code = '/error/code'\nerror_message = '/error/message'\n\
                   [candidate]\nget = '/{id}'\n";

#[test]
fn runs() {
    // A wrapper, `tag` for `tags`, an error text with an id in it, numbers in text at some depth.
    pair(
        &[
            "translation rule = 'unwrap', from = '/run'",
            "translation rule = 'list', from = ['/run/tag', '/run/input_data/dataset', '/run/output_data/evaluation']",
            "translation rule = 'rename', from = '/run/tag', to = 'tags'",
            "translation rule = 'unwrap', from = '/run/input_data/dataset'",
            "translation rule = 'move', from = '/run/output_data/evaluation', to = '/evaluations'",
            "translation rule = 'integer', at = ['/run_id', '/input_data/*/did']",
            "translation rule = 'number', at = '/evaluations/*/value'",
            "translation rule = 'map', at = '/error_message', values = [{ legacy = '[]', candidate = '[]' }, { legacy = '\"None\"', candidate = 'null' }]",
        ],
        r#"{"run":{"run_id":"34","tag":"a","error_message":"None","input_data":{"dataset":{"did":"61"}},"output_data":{"evaluation":[{"value":"1E-5"},{"value":".5"}]}}}"#,
        r#"{"run_id":34,"tags":["a"],"error_message":null,"input_data":[{"did":61}],"evaluations":[{"value":0.00001},{"value":0.5}]}"#,
    )
    .misses(&[
        ("\"tags\":[\"a\"]", "\"tags\":\"a\"", "/tags: array became string"),
        ("\"tags\"", "\"tag\"", "/tag: extra + /tags: missing"),
        ("61", "\"61\"", "/input_data/*/did: integer became string (integer /input_data/*/did)"),
        ("0.00001", "\"1E-5\"", "/evaluations/*/value: number became string (number /evaluations/*/value)"),
        ("0.00001", "0.000011", "/evaluations/*/value: other value (number /evaluations/*/value)"),
        ("null", "\"None\"", "/error_message: null became string (map /error_message)"),
    ])
    .unread(&[
        ("\"61\"", "\"sixty-one\"", "/input_data/*/did: untranslatable (integer /input_data/*/did)"),
        ("{\"dataset\"", "{\"file\":1,\"dataset\"", "/input_data: object became array + /run/input_data/dataset: untranslatable (unwrap /run/input_data/dataset)"),
    ])
    .holds();
}

#[test]
fn error_texts_with_ids_in_them() {
    let mut row = pair(
        &["error legacy = { status = 412, code = '220', message = 'Unknown run {id}.' }, \
           candidate = { status = 404, title = 'Run Not Found', detail = 'Run {id} not found.', code = '220' }"],
        r#"{"error":{"code":"220","message":"Unknown run 34."}}"#,
        r#"{"title":"Run Not Found","status":404,"detail":"Run 34 not found.","code":"220"}"#,
    )
    .sides(ONE)
    .legacy_is(412, "application/json")
    .candidate_is(404, "application/problem+json")
    .misses(&[
        ("Run 34", "Run 35", "/detail: other value (error 412 220)"),
        ("\"220\"", "220", "/code: string became integer (error 412 220)"),
    ])
    .unread(&[("run 34", "run 35", "status: error without a row")]);
    row.holds();
    // The id may also be taken from what the legacy says.
    let captured = [
        "error legacy = { status = 412, code = '220', message_pattern = 'Unknown run (?<run>[0-9]+)\\.' }, \
         candidate = { status = 404, title = 'Run Not Found', detail = 'Run {legacy.run} not found.', code = '220' }",
    ];
    row.rules = &captured;
    row.unread = &[("run 34", "run 35", "/detail: other value (error 412 220)")];
    row.holds();
}

#[test]
fn run_traces() {
    pair(
        &[
            "preset use = 'php-xml-json@1', lists = '/trace/trace_iteration', empty_text = '/trace/*/setup_string', empty_null = '/trace/*/evaluation'",
            "translation rule = 'unwrap', from = '/trace'",
            "translation rule = 'rename', from = '/trace/trace_iteration', to = 'trace'",
            "translation rule = 'integer', at = ['/run_id', '/trace/*/fold']",
            "translation rule = 'number', at = ['/best', '/trace/*/evaluation']",
            "translation rule = 'boolean', at = '/trace/*/selected'",
        ],
        r#"{"trace":{"run_id":"34","best":"1E-5","trace_iteration":{"fold":"0","setup_string":[],"evaluation":[],"selected":"true"}}}"#,
        r#"{"run_id":34,"best":0.00001,"trace":[{"fold":0,"setup_string":"","evaluation":null,"selected":true}]}"#,
    )
    .misses(&[
        ("\"fold\":0", "\"fold\":\"0\"", "/trace/*/fold: integer became string (integer /trace/*/fold)"),
        ("true", "\"true\"", "/trace/*/selected: boolean became string (boolean /trace/*/selected)"),
        ("null", "0", "/trace/*/evaluation: null became integer (php-xml-json@1: null /trace/*/evaluation)"),
    ])
    .holds();
}

/// A dataset: `:80` in an address, one text of several creators, a blank in a date, an upper-case format.
const fn dataset<'a>(rules: &'a [&'a str]) -> Pair<'a> {
    pair(
        rules,
        r#"{"data_set_description":{"id":"61","creator":"R.A. Fisher, M. Marshall","url":"http://www.openml.org:80/data/61/iris.arff","upload_date":"2014-04-06 23:23:39","format":"ARFF","tag":"study_1"}}"#,
        r#"{"id":61,"creator":["R.A. Fisher","M. Marshall"],"url":"http://www.openml.org/data/61/iris.arff","upload_date":"2014-04-06T23:23:39","format":"arff","tags":["study_1"]}"#,
    )
}

#[test]
fn datasets() {
    dataset(&[
        "translation rule = 'unwrap', from = '/data_set_description'",
        "translation rule = 'split', from = '/data_set_description/creator', separator = ',', trim = true",
        "translation rule = 'list', from = '/data_set_description/tag'",
        "translation rule = 'rename', from = '/data_set_description/tag', to = 'tags'",
        "translation rule = 'replace', at = '/url', pattern = '^(https?://[^/:]+):80/', with = '$1/'",
        "translation rule = 'datetime', at = '/upload_date', reads = '%Y-%m-%d %H:%M:%S', writes = '%Y-%m-%dT%H:%M:%S'",
        "translation rule = 'lower', at = '/format'",
        "translation rule = 'integer', at = '/id'",
    ])
    .misses(&[
        ("org/data", "org:80/data", "/url: other value (replace /url)"),
        ("org/data", "org:8080/data", "/url: other value (replace /url)"),
        (
            "[\"R.A. Fisher\",\"M. Marshall\"]",
            "\"R.A. Fisher, M. Marshall\"",
            "/creator: array became string",
        ),
        (
            "[\"R.A. Fisher\",\"M. Marshall\"]",
            "[\"R.A. Fisher, M. Marshall\"]",
            "/creator/*: missing + /creator/*: other value",
        ),
        ("06T23", "06 23", "/upload_date: other value (datetime /upload_date)"),
        (":39\"", ":39Z\"", "/upload_date: other value (datetime /upload_date)"),
        ("\"arff\"", "\"ARFF\"", "/format: other value (lower /format)"),
        ("[\"study_1\"]", "\"study_1\"", "/tags: array became string"),
        ("61,", "\"61\",", "/id: integer became string (integer /id)"),
    ])
    .unread(&[
        (
            "2014-04-06 23:23:39",
            "2014-04-31 23:23:39",
            "/upload_date: untranslatable (datetime /upload_date)",
        ),
        (
            "\"R.A. Fisher, M. Marshall\"",
            "7",
            "/creator: integer became array + /data_set_description/creator: untranslatable (split /data_set_description/creator)",
        ),
        // Only the port that everybody knows is left out.
        (":80/", ":8080/", "/url: other value (replace /url)"),
    ])
    .holds();
}

#[test]
fn features() {
    // A list of one at two depths, a boolean in text, a list of values that only some features have.
    pair(
        &[
            "translation rule = 'unwrap', from = ['/data_features', '/data_features/feature']",
            "translation rule = 'list', from = ['/data_features/feature', '/data_features/feature/*/nominal_value']",
            "translation rule = 'integer', at = ['/*/index', '/*/number_of_missing_values']",
            "translation rule = 'boolean', at = '/*/is_target'",
            "translation rule = 'default', at = '/*/nominal_value', value = '[]', when = { sibling = 'data_type', equals = '\"nominal\"' }",
        ],
        r#"{"data_features":{"feature":[{"index":"0","data_type":"nominal","is_target":"true","number_of_missing_values":"0","nominal_value":"a"},{"index":"1","data_type":"numeric","is_target":"false","number_of_missing_values":"7"},{"index":"2","data_type":"nominal","is_target":"false","number_of_missing_values":"0"}]}}"#,
        r#"[{"index":0,"data_type":"nominal","is_target":true,"number_of_missing_values":0,"nominal_value":["a"]},{"index":1,"data_type":"numeric","is_target":false,"number_of_missing_values":7},{"index":2,"data_type":"nominal","is_target":false,"number_of_missing_values":0,"nominal_value":[]}]"#,
    )
    .misses(&[
        ("[\"a\"]", "\"a\"", "/*/nominal_value: array became string"),
        ("true", "\"true\"", "/*/is_target: boolean became string (boolean /*/is_target)"),
        ("\"nominal_value\":[]", "\"nominal_value\":null", "/*/nominal_value: array became null (default /*/nominal_value = [] when sibling data_type = \"nominal\")"),
        ("7}", "7,\"nominal_value\":[]}", "/*/nominal_value: extra"),
    ])
    .holds();
}

#[test]
fn qualities() {
    // Rows whose value is "None" are dropped; what reads as a number is one.
    pair(
        &[
            "translation rule = 'unwrap', from = ['/data_qualities', '/data_qualities/quality']",
            "translation rule = 'drop', from = '/data_qualities/quality/*', when = { member = 'value', equals = ['\"None\"', '[]'] }",
            "translation rule = 'number', at = '/*/value', unreadable = 'keep'",
            "comparison rule = 'unordered', at = '/', key = ['name']",
        ],
        r#"{"data_qualities":{"quality":[{"name":"A","value":"None"},{"name":"B","value":"150.0"},{"name":"C","value":[]},{"name":"D","value":"NaN"},{"name":"E","value":".5"}]}}"#,
        r#"[{"name":"E","value":0.5},{"name":"B","value":150},{"name":"D","value":"NaN"}]"#,
    )
    .misses(&[
        ("150", "\"150.0\"", "/*/value: number became string (number /*/value)"),
        ("150", "151", "/*/value: other value (number /*/value)"),
        ("\"NaN\"", "null", "/*/value: string became null (number /*/value)"),
        ("[{", "[{\"name\":\"A\",\"value\":null},{", "/*: extra"),
        (",{\"name\":\"D\",\"value\":\"NaN\"}", "", "/*: missing"),
    ])
    // A row that says something else is not dropped.
    .unread(&[("\"None\"", "\"none\"", "/*: missing")])
    .holds();
}

#[test]
fn tasks() {
    // An object behind a list of inputs, picked by the name of each.
    pair(
        &[
            "translation rule = 'unwrap', from = '/task'",
            "translation rule = 'list', from = '/task/output'",
            "translation rule = 'integer', at = ['/task_id', '/input/*[name=source_data]/data_set/data_set_id']",
            "translation rule = 'drop', from = '/task/input/*[name=cost_matrix]', when = { member = 'cost_matrix', equals = '[]' }",
        ],
        r#"{"task":{"task_id":"1","output":{"name":"predictions"},"input":[{"name":"source_data","data_set":{"data_set_id":"61"}},{"name":"cost_matrix","cost_matrix":[]},{"name":"other","data_set":{"data_set_id":"x"}}]}}"#,
        r#"{"task_id":1,"output":[{"name":"predictions"}],"input":[{"name":"source_data","data_set":{"data_set_id":61}},{"name":"other","data_set":{"data_set_id":"x"}}]}"#,
    )
    .misses(&[
        ("61", "\"61\"", "/input/*/data_set/data_set_id: integer became string (integer /input/*[name=source_data]/data_set/data_set_id)"),
        ("{\"name\":\"other\"", "{\"name\":\"cost_matrix\",\"cost_matrix\":[]},{\"name\":\"other\"", "/input/*: extra"),
    ])
    .holds();
}

#[test]
fn task_lists() {
    // A legacy `GET` beside a candidate `POST`, the list itself, an unordered list of tags, an error for an empty list.
    let sides = "[parameters]\ntype = [1]\n[legacy]\nget = '/task/list/type/{type}'\nerror_code = '/error/code'\nerror_message = '/error/message'\n\
                 [candidate]\npost = '/tasks/list'\nsafe = true\njson = { task_type_id = '{type:int}' }\n";
    pair(
        &[
            "translation rule = 'unwrap', from = ['/tasks', '/tasks/task']",
            "translation rule = 'list', from = '/tasks/task'",
            "translation rule = 'move', from = '/tasks/task/*/tags/tag', to = '/*/tag'",
            "comparison rule = 'unordered', at = '/*/tag'",
        ],
        r#"{"tasks":{"task":{"task_id":1,"tags":{"tag":["b","a"]}}}}"#,
        r#"[{"task_id":1,"tag":["a","b"]}]"#,
    )
    .sides(sides)
    .misses(&[
        ("[\"a\",\"b\"]", "[\"a\"]", "/*/tag/*: missing"),
        ("[\"a\",\"b\"]", "{\"tag\":[\"a\",\"b\"]}", "/*/tag: array became object"),
        ("1", "\"1\"", "/*/task_id: integer became string"),
    ])
    .holds();
    pair(
        &["error legacy = { status = 412, code = '482', message = 'No results' }, candidate = { status = 200, body = '[]' }"],
        r#"{"error":{"code":"482","message":"No results"}}"#,
        "[]",
    )
    .sides(sides)
    .legacy_is(412, "application/json")
    .misses(&[("[]", "{}", "/: array became object (error 412 482)")])
    .holds();
}

#[test]
fn flows_within_flows() {
    // Lists of one at any depth, `[]` for an absent default in nested flows, a name of the nested flow that goes.
    pair(
        &[
            "translation rule = 'unwrap', from = '/flow'",
            "translation rule = 'list', from = ['/**/parameter', '/**/component']",
            "translation rule = 'rename', from = '/**/component', to = 'subflows'",
            "translation rule = 'null', at = '/**/parameter/*/default_value', values = ['[]']",
            "translation rule = 'integer', at = '/**/id'",
            "translation rule = 'default', at = '/**/flow/subflows', value = '[]'",
        ],
        r#"{"flow":{"id":"1","parameter":{"name":"a","default_value":[]},"component":{"identifier":"x","flow":{"id":"2","parameter":[{"name":"b","default_value":[]},{"name":"c","default_value":"7"}],"component":{"identifier":"y","flow":{"id":"3","parameter":{"name":"d","default_value":[]}}}}}}}"#,
        r#"{"id":1,"parameter":[{"name":"a","default_value":null}],"subflows":[{"identifier":"x","flow":{"id":2,"parameter":[{"name":"b","default_value":null},{"name":"c","default_value":"7"}],"subflows":[{"identifier":"y","flow":{"id":3,"parameter":[{"name":"d","default_value":null}],"subflows":[]}}]}}]}"#,
    )
    .misses(&[
        ("\"d\",\"default_value\":null", "\"d\",\"default_value\":[]", "/subflows/*/flow/subflows/*/flow/parameter/*/default_value: null became array (null /**/parameter/*/default_value)"),
        ("\"id\":3", "\"id\":\"3\"", "/subflows/*/flow/subflows/*/flow/id: integer became string (integer /**/id)"),
        ("\"subflows\":[]", "\"subflows\":{}", "/subflows/*/flow/subflows/*/flow/subflows: array became object (default /**/flow/subflows = [])"),
        ("\"7\"", "7", "/subflows/*/flow/parameter/*/default_value: string became integer (null /**/parameter/*/default_value)"),
    ])
    .unread(&[("\"3\"", "\"three\"", "/subflows/*/flow/subflows/*/flow/id: untranslatable (integer /**/id)")])
    .holds();
}

#[test]
fn a_flow_that_exists_or_not() {
    // Legacy 200 {"exists":"false"} against candidate 404, and the boolean where it does.
    let rules = [
        "translation rule = 'unwrap', from = '/flow_exists'",
        "translation rule = 'boolean', at = '/exists'",
        "translation rule = 'integer', at = '/id'",
        "error legacy = { status = 200, when = [{ path = '/flow_exists/exists', equals = '\"false\"' }, { path = '/flow_exists/id', equals = '\"-1\"' }] }, \
         candidate = { status = 404, title = 'No Such Flow', detail = 'There is no flow {id}.' }",
    ];
    pair(
        &rules[..3],
        r#"{"flow_exists":{"exists":"true","id":"7"}}"#,
        r#"{"exists":true,"id":7}"#,
    )
    .sides(ONE)
    .misses(&[("true", "\"true\"", "/exists: boolean became string (boolean /exists)")])
    .holds();
    let gone = r#"{"title":"No Such Flow","status":404,"detail":"There is no flow 34."}"#;
    pair(&rules[3..], r#"{"flow_exists":{"exists":"false","id":"-1"}}"#, gone)
        .sides(ONE)
        .candidate_is(404, "application/problem+json")
        .misses(&[(
            "flow 34",
            "flow 35",
            "/detail: other value (error 200 when /flow_exists/exists = \"false\" and /flow_exists/id = \"-1\")",
        )])
        .holds();
}

#[test]
fn studies() {
    // `task_ids` against `tasks.task_id`, an unordered list of ids, lists that the legacy leaves out.
    pair(
        &[
            "translation rule = 'unwrap', from = '/study'",
            "translation rule = 'list', from = ['/study/tasks/task_id', '/study/data/data_id']",
            "translation rule = 'move', from = '/study/tasks/task_id', to = '/task_ids'",
            "translation rule = 'move', from = '/study/data/data_id', to = '/data_ids'",
            "translation rule = 'integer', at = ['/id', '/task_ids/*', '/data_ids/*']",
            "translation rule = 'default', at = '/run_ids', value = '[]'",
            "comparison rule = 'unordered', at = '/task_ids'",
        ],
        r#"{"study":{"id":"1","tasks":{"task_id":["9","7","8"]},"data":{"data_id":"61"}}}"#,
        r#"{"id":1,"task_ids":[7,8,9],"data_ids":[61],"run_ids":[]}"#,
    )
    .misses(&[
        ("[7,8,9]", "[7,8]", "/task_ids/*: missing (integer /task_ids/*)"),
        ("[7,8,9]", "[7,8,8]", "/task_ids/*: other value (integer /task_ids/*)"),
        ("[7,8,9]", "[7,8,\"9\"]", "/task_ids/*: integer became string (integer /task_ids/*)"),
        (
            "\"task_ids\":[7,8,9]",
            "\"tasks\":{\"task_id\":[7,8,9]}",
            "/task_ids: missing + /tasks: extra",
        ),
        ("[61]", "61", "/data_ids: array became integer"),
        (
            "\"run_ids\":[]",
            "\"run_ids\":null",
            "/run_ids: array became null (default /run_ids = [])",
        ),
    ])
    .holds();
}

#[test]
fn setups() {
    // A value that is typed as its neighbour says, and a wrapper whose sibling stays.
    pair(
        &[
            "translation rule = 'move', from = '/setup_parameters/parameter', to = '/parameters'",
            "translation rule = 'move', from = '/setup_parameters/setup_id', to = '/id'",
            "translation rule = 'integer', at = ['/id', '/parameters/*[data_type=int]/value']",
            "translation rule = 'boolean', at = '/parameters/*/value', when = { sibling = 'data_type', equals = '\"bool\"' }",
        ],
        r#"{"setup_parameters":{"setup_id":"5","parameter":[{"data_type":"int","value":"7"},{"data_type":"bool","value":"true"},{"data_type":"text","value":"7"}]}}"#,
        r#"{"id":5,"parameters":[{"data_type":"int","value":7},{"data_type":"bool","value":true},{"data_type":"text","value":"7"}]}"#,
    )
    .misses(&[
        ("\"value\":7", "\"value\":\"7\"", "/parameters/*/value: integer became string (integer /parameters/*[data_type=int]/value)"),
        ("\"value\":\"7\"", "\"value\":7", "/parameters/*/value: string became integer"),
    ])
    .unread(&[("\"5\",", "\"5\",\"flow_id\":\"1\",", "/setup_parameters: missing")])
    .holds();
}

#[test]
fn evaluation_measures() {
    // A list three wrappers down.
    pair(
        &[
            "translation rule = 'list', from = '/evaluation_measures/measures/measure'",
            "translation rule = 'unwrap', from = ['/evaluation_measures', '/evaluation_measures/measures', '/evaluation_measures/measures/measure']",
        ],
        r#"{"evaluation_measures":{"measures":{"measure":"area_under_roc_curve"}}}"#,
        r#"["area_under_roc_curve"]"#,
    )
    .misses(&[
        ("[\"area_under_roc_curve\"]", "\"area_under_roc_curve\"", "/: array became string"),
        ("area_under", "Area_under", "/*: other value"),
    ])
    .unread(&[("{\"measure\"", "{\"count\":\"1\",\"measure\"", "/: object became array + /evaluation_measures/measures/measure: untranslatable (unwrap /evaluation_measures/measures/measure)")])
    .holds();
}

#[test]
fn estimation_procedures() {
    // Text that is a number or a boolean or missing, as the type of the procedure says.
    pair(
        &[
            "translation rule = 'unwrap', from = ['/procedures', '/procedures/procedure']",
            "translation rule = 'integer', at = ['/*/id', '/*/folds'], empty = 'null'",
            "translation rule = 'boolean', at = '/*/stratified', empty = 'null'",
            "translation rule = 'default', at = '/*/percentage', values = [{ when = { sibling = 'type', pattern = 'holdout.*' }, value = '33' }, { value = 'null' }]",
        ],
        r#"{"procedures":{"procedure":[{"id":"1","type":"crossvalidation","folds":"10","stratified":"true"},{"id":"2","type":"holdout_ordered","folds":[],"stratified":[]}]}}"#,
        r#"[{"id":1,"type":"crossvalidation","folds":10,"stratified":true,"percentage":null},{"id":2,"type":"holdout_ordered","folds":null,"stratified":null,"percentage":33}]"#,
    )
    .misses(&[
        ("\"folds\":null", "\"folds\":0", "/*/folds: null became integer (integer /*/folds)"),
        ("\"stratified\":null", "\"stratified\":false", "/*/stratified: null became boolean (boolean /*/stratified)"),
        ("33", "null", "/*/percentage: integer became null (default /*/percentage)"),
        ("\"percentage\":null", "\"percentage\":33", "/*/percentage: null became integer (default /*/percentage)"),
        ("\"folds\":10", "\"folds\":\"10\"", "/*/folds: integer became string (integer /*/folds)"),
    ])
    .holds();
}
