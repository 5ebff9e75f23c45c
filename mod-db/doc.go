// Package db talks to SQL databases from Lua scripts.
//
// The map of the package:
//
//   - [New] is the module (module.go declares its functions, types.go their option tables); a [Conn] is a
//     database or a transaction in it (conn.go, tx.go, script.go);
//   - pool.go keeps the sessions of a database; session.go says what a session and an engine are;
//   - sqlite.go, postgres.go and mysql.go are the engines, each with the conversion of its values;
//   - syntax.go knows what is code in SQL and what is literal, placeholders.go writes the placeholders
//     of each engine;
//   - failure.go says what went wrong: errors have the codes of codes.go.
package db
