package syntax

// operatorAt is the operator that starts with the bytes a, b, c and its length,
// or length 0.
func operatorAt(a, b, c byte) (TokenKind, int) {
	two := func(next byte, long, short TokenKind) (TokenKind, int) {
		if b == next {
			return long, 2
		}
		return short, 1
	}
	switch a {
	case '+':
		return Plus, 1
	case '-':
		return Minus, 1
	case '*':
		return Star, 1
	case '%':
		return Percent, 1
	case '^':
		return Caret, 1
	case '#':
		return Hash, 1
	case '&':
		return Ampersand, 1
	case '|':
		return Pipe, 1
	case '(':
		return LeftParen, 1
	case ')':
		return RightParen, 1
	case '{':
		return LeftBrace, 1
	case '}':
		return RightBrace, 1
	case '[':
		return LeftSquare, 1
	case ']':
		return RightSquare, 1
	case ';':
		return Semicolon, 1
	case ',':
		return Comma, 1
	case '/':
		return two('/', DoubleSlash, Slash)
	case '=':
		return two('=', Equal, Assign)
	case '~':
		return two('=', NotEqual, Tilde)
	case ':':
		return two(':', DoubleColon, Colon)
	case '<':
		if b == '<' {
			return ShiftLeft, 2
		}
		return two('=', LessEqual, Less)
	case '>':
		if b == '>' {
			return ShiftRight, 2
		}
		return two('=', MoreEqual, More)
	case '.':
		if b == '.' && c == '.' {
			return Ellipsis, 3
		}
		return two('.', Concat, Dot)
	}
	return 0, 0
}

func keyword(s string) TokenKind {
	if len(s) < 2 || len(s) > 8 {
		return Name
	}
	switch s {
	case "and":
		return And
	case "break":
		return Break
	case "do":
		return Do
	case "else":
		return Else
	case "elseif":
		return Elseif
	case "end":
		return End
	case "false":
		return False
	case "for":
		return For
	case "function":
		return Function
	case "goto":
		return Goto
	case "if":
		return If
	case "in":
		return In
	case "local":
		return Local
	case "nil":
		return Nil
	case "not":
		return Not
	case "or":
		return Or
	case "repeat":
		return Repeat
	case "return":
		return Return
	case "then":
		return Then
	case "true":
		return True
	case "until":
		return Until
	case "while":
		return While
	}
	return Name
}
