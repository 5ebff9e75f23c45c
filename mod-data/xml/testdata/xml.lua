local list = xml.parse([[<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ListBucketResult>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <!-- a comment -->
  <Name>b&#252;cket</Name>
  <Contents><Key>a &amp; b.txt</Key><Size>3</Size></Contents>
  <Owner xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="User" id="1">x<i/>y</Owner>
</ListBucketResult>]])
print(list.name, list.space, #list.children) --> =ListBucketResult	http://s3.amazonaws.com/doc/2006-03-01/	3
print(list.children[1].text) --> =bücket
print(list.children[2].children[1].text) --> =a & b.txt
local owner = list.children[3]
print(owner.attributes.type, owner.attributes.id, owner.text, owner.children[1].name) --> =User	1	xy	i
print(#owner.children[1].children, owner.children[1].text == "") --> =0	true
print(xml.parse("<a><![CDATA[<b>]]></a>").text) --> =<b>
print(xml.parse('<x:a x:b="1" b="2" xmlns:x="u"/>').attributes.b) --> =2

-- what is written
print(xml.encode({name = "a", space = "u", children = {{name = "b", text = 1.5}, {name = "c", space = "", text = true}}})) --> =<a xmlns="u"><b>1.5</b><c xmlns="">true</c></a>
print(xml.encode({name = "a", attributes = {z = '"<\n', y = "ü"}, text = "]]>\r"})) --> =<a y="ü" z="&quot;&lt;&#10;">]]&gt;&#13;</a>
print(xml.encode({name = "a", text = "", children = {}})) --> =<a/>
for _, wrong in ipairs({
  "x", {}, {name = "a b"}, {name = "1"}, {name = "a", text = {}}, {name = "a", text = "\0"}, {name = "a", text = "\255"},
  {name = "a", children = {{name = "b"}, {name = "c", attributes = {["d e"] = 1}}}}, {name = "a", attributes = {xmlns = "u"}},
}) do
  local ok, e = pcall(xml.encode, wrong)
  print(ok, e.code, e.message)
end
--> =false	xml.value	the value is a string: an element is a table with a name
--> =false	xml.value	the value: "" is no name of an element
--> =false	xml.value	the value: "a b" is no name of an element
--> =false	xml.value	the value: "1" is no name of an element
--> =false	xml.value	.a.text is a table
--> =false	xml.value	.a.text has the character U+0000, which XML does not
--> =false	xml.value	.a.text is not UTF-8
--> =false	xml.value	.a.children[2].c.attributes.d e is no attribute
--> =false	xml.value	.a.attributes.xmlns is no attribute
local loop = {name = "a"}
loop.children = {loop}
local ok, e = pcall(xml.encode, loop)
print(ok, e.code) --> =false	xml.limit
