-- Both engines, from text.
print(template.render_string("Hello {{ name }}{% for p in ports %} {{ p }}{% endfor %}!", {name = "web", ports = {80, 443}}))
--> =Hello web 80 443!
print(template.render_string("{{ .name | upper }}{{ range .ports }} {{ . }}{{ end }} {{ .none }}|", {name = "web", ports = {80, 443}}, {engine = "go"}))
--> =WEB 80 443 |
print(template.render_string("{{ n }} {{ f }} {{ big }} {{ s }} {{ b }} {{ l }} {{ d }} {{ none }}|", {n = 3, f = 0.5, big = int64("9007199254740993"), s = "x", b = true, l = {1, {}}, d = {k = 1}}))
--> =3 0.5 9007199254740993 x True [1, {}] {'k': 1} None|
print(template.render_string("{{ .n }} {{ .f }} {{ .big }} {{ .b }} {{ .l }} {{ toYaml .d }}", {n = 3, f = 0.5, big = int64("9007199254740993"), b = true, l = {1, "a"}, d = {k = 1}}, {engine = "go"}))
--> =3 0.5 9007199254740993 true [1 a] k: 1
print(template.render_string("no variables"), template.render_string("", {}) == "")
--> =no variables true
print(template.render_string("{% if true %}\nx\n{% endif %}\n", {}, {trim_blocks = true, keep_trailing_newline = true}) == "x\n")
--> =true

-- Escaping is off for texts, on for .html files in the engine jinja.
local page = {html = "<b>"}
print(template.render_string("{{ html }}", page), template.render_string("{{ html }} {{ html | safe }}", page, {autoescape = true}))
--> =<b> &lt;b&gt; <b>
print(template.render_string("{{ .html }}", page, {engine = "go"}), template.render_string("{{ .html }}", page, {engine = "go", autoescape = true}))
--> =<b> &lt;b&gt;

-- Files: includes and inheritance are relative to the file's folder, or to dir.
print(template.render("testdata/files/page.html", {title = "A & B", items = {"x", "y"}}))
--> =<h1>A &amp; B</h1><ul><li>x</li><li>y</li></ul>
print(template.render("testdata/files/page.html", {title = "A & B", items = {}}, {autoescape = false}))
--> =<h1>A & B</h1><ul></ul>
print(template.render("testdata/files/deployment.tmpl", {name = "web", labels = {app = "web", tier = "front"}}))
--> =name: web
--> =labels:
--> =  app: web
--> =  tier: front
print(template.render_string("{% include 'item.html' %}", {item = "z"}, {dir = "testdata/files/sub"}))
--> =<li>z</li>
print(template.render_string('{{ include "_labels.tpl" . }}', {labels = {a = 1}}, {dir = "testdata/files", engine = "go"}))
--> =a: 1

-- Errors have a code and a place.
local function fails(code, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert.eq(e.code, code)
  print(e.message)
  return e
end
fails("template.syntax", template.render_string, "a\n{{ x")
--> =template:2:1: the tag does not end: '}}' is missing
fails("template.syntax", template.render_string, "{{ if }}", {}, {engine = "go"})
--> =template:1: missing value for if
fails("template.render", template.render_string, "{{ x.y }}", {}, {strict = true})
--> =template:1:5: 'x' is undefined
fails("template.render", template.render_string, "{{ .x }}", {}, {strict = true, engine = "go"})
--> =template:1:3: executing "template" at <.x>: map has no entry for key "x"
assert.contains(fails("template.render", template.render_string, "{% include 'x' %}").hint, "options.dir")
--> =template:1:12: template "x" cannot be loaded: the folder is not known
fails("template.render", template.render_string, "{% include '../template.lua' %}", {}, {dir = "testdata/files"})
--> =template:1:12: template "../template.lua" lies outside of the folder testdata/files
fails("template.render", template.render_string, "{% include '/etc/passwd' %}", {}, {dir = "testdata/files"})
--> =template:1:12: template "/etc/passwd" lies outside of the folder testdata/files
fails("template.render", template.render, "testdata/files/broken.html")
--> =broken.html:2:6: division by zero
fails("template.value", template.render_string, "", {f = {print}})
--> =argument 2 'vars': .f[1]: a function is no data
fails("template.limit", template.render_string, ("x"):rep(1048577))
--> =a template of 1048577 bytes: at most 1048576 are read
print(select(2, pcall(template.render_string, "", {1, 2})))
--> =template.render_string: argument 2 'vars': a table with names as keys expected, got an array
print(select(2, pcall(template.render_string, "", {}, {engin = "go"})))
--> =template.render_string: unknown option 'engin': did you mean 'engine'?
print(select(2, pcall(template.render_string, "", {}, {engine = "mustache"})))
--> ~unknown value "mustache": use one of jinja, go
print(select(2, pcall(template.render, "testdata/files/none.html")))
--> ~^template.render: open testdata/files/none.html: no such file
