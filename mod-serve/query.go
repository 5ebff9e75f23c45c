package serve

import "assay.rs/core/query"

// parseQuery are all values of each parameter of a query.
func parseQuery(text string) map[string][]string {
	if text == "" {
		return nil
	}
	values := make(map[string][]string)
	_ = query.Each(text, func(name, value string) error { // the function gives no error
		values[name] = append(values[name], value)
		return nil
	})
	return values
}
