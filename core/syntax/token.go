package syntax

// TokenKind says what a token is.
type TokenKind uint8

// The kinds of tokens. Keywords stand between And and While.
const (
	EOF TokenKind = iota
	Name
	Number
	String     // 'a' or "a"
	LongString // [[a]] or [==[a]==]

	And
	Break
	Do
	Else
	Elseif
	End
	False
	For
	Function
	Goto
	If
	In
	Local
	Nil
	Not
	Or
	Repeat
	Return
	Then
	True
	Until
	While

	Plus        // +
	Minus       // -
	Star        // *
	Slash       // /
	DoubleSlash // //
	Percent     // %
	Caret       // ^
	Hash        // #
	Ampersand   // &
	Tilde       // ~
	Pipe        // |
	ShiftLeft   // <<
	ShiftRight  // >>
	Equal       // ==
	NotEqual    // ~=
	LessEqual   // <=
	MoreEqual   // >=
	Less        // <
	More        // >
	Assign      // =
	LeftParen   // (
	RightParen  // )
	LeftBrace   // {
	RightBrace  // }
	LeftSquare  // [
	RightSquare // ]
	DoubleColon // ::
	Semicolon   // ;
	Colon       // :
	Comma       // ,
	Dot         // .
	Concat      // ..
	Ellipsis    // ...
	tokenKinds
)

// String is the text of a keyword or an operator, and a noun for the rest.
func (k TokenKind) String() string {
	if k >= tokenKinds {
		return "unknown token"
	}
	return tokenNames()[k]
}

// IsKeyword reports whether k is a reserved word.
func (k TokenKind) IsKeyword() bool { return k >= And && k <= While }

func tokenNames() *[tokenKinds]string {
	return &[tokenKinds]string{
		EOF: "end of file", Name: "name", Number: "number", String: "string", LongString: "string",
		And: "and", Break: "break", Do: "do", Else: "else", Elseif: "elseif", End: "end", False: "false",
		For: "for", Function: "function", Goto: "goto", If: "if", In: "in", Local: "local", Nil: "nil",
		Not: "not", Or: "or", Repeat: "repeat", Return: "return", Then: "then", True: "true",
		Until: "until", While: "while",
		Plus: "+", Minus: "-", Star: "*", Slash: "/", DoubleSlash: "//", Percent: "%", Caret: "^",
		Hash: "#", Ampersand: "&", Tilde: "~", Pipe: "|", ShiftLeft: "<<", ShiftRight: ">>",
		Equal: "==", NotEqual: "~=", LessEqual: "<=", MoreEqual: ">=", Less: "<", More: ">",
		Assign: "=", LeftParen: "(", RightParen: ")", LeftBrace: "{", RightBrace: "}",
		LeftSquare: "[", RightSquare: "]", DoubleColon: "::", Semicolon: ";", Colon: ":",
		Comma: ",", Dot: ".", Concat: "..", Ellipsis: "...",
	}
}

// Token is one word of the language: the bytes [Start, End) of the source.
type Token struct {
	Start, End uint32
	Line       uint32 // of Start, from 1
	Kind       TokenKind
}

// TokenID is an index into Tree.Tokens.
type TokenID int32

// NoToken stands where a node has no token of its own, as a missing name has.
const NoToken TokenID = -1

// TriviaKind says what a piece of text between tokens is.
type TriviaKind uint8

// The kinds of trivia. Space is made up by [Tree.Pieces]: Tree.Trivia has none.
const (
	Space       TriviaKind = iota
	LineComment            // -- to the end of the line
	LongComment            // --[[ ]]
	Shebang                // a first line that starts with #
	ByteOrder              // a UTF-8 byte order mark at the start
	Skipped                // bytes that are no Lua; an error tells of them
)

// Trivia is text that means nothing to a program: comments and bytes that had
// to be skipped.
type Trivia struct {
	Start, End uint32
	Line       uint32 // of Start, from 1
	Kind       TriviaKind
}

// Newer is a set of the syntax beyond Lua 5.1 and goto that a text uses.
type Newer uint16

// The syntax beyond Lua 5.1 and goto.
const (
	NewerIntegerDivision Newer = 1 << iota // a // b
	NewerBitOperator                       // & | ~ << >>
	NewerAttribute                         // local x <const>
	NewerGlobal                            // global x
	NewerVararg                            // function f(...args)
	NewerEscape                            // \x41 \u{41} \z
	NewerNumber                            // 0x.8p1
	NewerBreak                             // break before the end of a block
	NewerHeader                            // a shebang line or a byte order mark
	NewerSpace                             // vertical tab or form feed as white space
)
