package jinja

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// onItems is a filter on the items of a value.
func (l *library) onItems(names, params string, apply func(r *run, items []value, a *bound) (value, error)) {
	l.filter(names, params, func(r *run, v value, a *bound) (value, error) {
		items, err := r.iterate(v)
		if err != nil {
			return nil, err
		}
		if err := r.spend(len(items), len(items)*itemSize); err != nil {
			return nil, err
		}
		return apply(r, items, a)
	})
}

func (l *library) addListFilters() {
	l.filter("length count", "", lengthFilter)
	l.onItems("list", "", func(_ *run, items []value, _ *bound) (value, error) { return &list{items: slices.Clone(items)}, nil })
	l.onItems("first", "", func(_ *run, items []value, _ *bound) (value, error) {
		if len(items) == 0 {
			return undefined{"the first item of nothing"}, nil
		}
		return items[0], nil
	})
	l.onItems("last", "", func(_ *run, items []value, _ *bound) (value, error) {
		if len(items) == 0 {
			return undefined{"the last item of nothing"}, nil
		}
		return items[len(items)-1], nil
	})
	l.onItems("random", "", func(_ *run, items []value, _ *bound) (value, error) {
		if len(items) == 0 {
			return undefined{"an item of nothing"}, nil
		}
		return items[rand.IntN(len(items))], nil //nolint:gosec // nothing secret is drawn
	})
	l.filter("reverse", "", func(r *run, v value, _ *bound) (value, error) {
		items, err := r.iterate(v)
		if err != nil {
			return nil, err
		}
		if err := r.spend(len(items), len(items)*itemSize); err != nil {
			return nil, err
		}
		items = slices.Clone(items)
		slices.Reverse(items)
		if _, ok := str(v); ok {
			return r.join(items...)
		}
		return &list{items: items}, nil
	})
	l.onItems("join", "d attribute", joinFilter)
	l.onItems("batch", "linecount fill_with", batchFilter)
	l.onItems("slice", "slices fill_with", sliceFilter)
	l.onItems("sort", "reverse case_sensitive attribute", sortFilter)
	l.onItems("unique", "case_sensitive attribute", uniqueFilter)
	l.onItems("min", "case_sensitive attribute", func(r *run, items []value, a *bound) (value, error) { return r.extreme(items, a, -1) })
	l.onItems("max", "case_sensitive attribute", func(r *run, items []value, a *bound) (value, error) { return r.extreme(items, a, 1) })
	l.onItems("sum", "attribute start", sumFilter)
	l.onItems("groupby", "attribute default case_sensitive", groupbyFilter)
	l.filter("dictsort", "case_sensitive by reverse", dictsortFilter)
	l.filter("items", "", func(r *run, v value, _ *bound) (value, error) {
		if _, ok := v.(undefined); ok {
			return &list{}, nil
		}
		d, ok := v.(*dict)
		if !ok {
			return nil, fmt.Errorf("a dict expected, got %s", r.subject(v))
		}
		return r.pairs(d)
	})
}

func lengthFilter(r *run, v value, _ *bound) (value, error) {
	switch v := v.(type) {
	case *list:
		return int64(len(v.items)), nil
	case *dict:
		return int64(len(v.keys)), nil
	case undefined:
		return int64(0), nil
	}
	s, ok := str(v)
	if !ok {
		return nil, fmt.Errorf("%s has no length", article(v))
	}
	return int64(utf8.RuneCountInString(s)), r.spend(1+len(s)/64, 0)
}

// pairs are the entries of a dict.
func (r *run) pairs(d *dict) (value, error) {
	if err := r.spend(len(d.keys), len(d.keys)*entrySize); err != nil {
		return nil, err
	}
	l := &list{items: make([]value, len(d.keys))}
	for i, key := range d.keys {
		l.items[i] = tuple(key, d.m[key])
	}
	return l, nil
}

// path is the attribute of v that a dotted name or a number leads to.
func (r *run) path(v, attribute value) (value, error) {
	if _, ok := attribute.(int64); ok {
		return r.item(v, attribute)
	}
	s, ok := str(attribute)
	if !ok {
		return nil, fmt.Errorf("the name of an attribute expected, got %s", r.subject(attribute))
	}
	for part := range strings.SplitSeq(s, ".") {
		var err error
		if n, numErr := strconv.ParseInt(part, 10, 64); numErr == nil {
			v, err = r.item(v, n)
		} else {
			v, err = r.attr(v, part)
		}
		if err != nil {
			return nil, err
		}
	}
	return v, r.spend(1, 0)
}

// keys are what items are compared by: themselves or an attribute, without case unless it counts.
func (r *run) keys(items []value, attribute value, named, sensitive bool) ([]value, error) {
	keys := make([]value, len(items))
	for i, item := range items {
		var err error
		if named && attribute != nil {
			if item, err = r.path(item, attribute); err != nil {
				return nil, err
			}
		}
		if s, ok := str(item); ok && !sensitive {
			if err := r.spend(1+len(s)/16, len(s)); err != nil {
				return nil, err
			}
			item = strings.ToLower(s)
		}
		keys[i] = item
	}
	return keys, r.spend(len(items), len(items)*itemSize)
}

func joinFilter(r *run, items []value, a *bound) (value, error) {
	var sep value = ""
	if a.has[0] {
		sep = a.values[0]
	}
	var parts []value
	for i, item := range items {
		if a.has[1] && a.values[1] != nil {
			var err error
			if item, err = r.path(item, a.values[1]); err != nil {
				return nil, err
			}
		}
		if i > 0 {
			parts = append(parts, sep)
		}
		parts = append(parts, item)
	}
	if err := r.spend(len(parts), len(parts)*itemSize); err != nil {
		return nil, err
	}
	return r.join(parts...)
}

func batchFilter(r *run, items []value, a *bound) (value, error) {
	a.need(0)
	size := a.width(0, 0)
	if size == 0 {
		return nil, errors.New("the number of items must be at least 1")
	}
	l := &list{}
	for batch := range slices.Chunk(items, size) {
		batch = slices.Clone(batch)
		if missing := size - len(batch); a.has[1] && missing > 0 {
			if err := r.spend(missing, missing*itemSize); err != nil {
				return nil, err
			}
			for range missing {
				batch = append(batch, a.values[1])
			}
		}
		l.items = append(l.items, &list{items: batch})
	}
	return l, nil
}

func sliceFilter(r *run, items []value, a *bound) (value, error) {
	a.need(0)
	n := a.width(0, 0)
	if n == 0 {
		return nil, errors.New("the number of slices must be at least 1")
	}
	if err := r.spend(n, 4*n*itemSize); err != nil {
		return nil, err
	}
	l, size, more := &list{}, len(items)/n, len(items)%n
	for i := range n {
		count := size
		if i < more {
			count++
		}
		part := slices.Clone(items[:count])
		items = items[count:]
		if a.has[1] && i >= more {
			part = append(part, a.values[1])
		}
		l.items = append(l.items, &list{items: part})
	}
	return l, nil
}

// sorted are the items in the order of their keys.
func (r *run) sorted(items, keys []value, reverse bool) ([]value, error) {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	var failed error
	slices.SortStableFunc(order, func(i, j int) int {
		if failed != nil {
			return 0
		}
		c, err := r.compare(keys[i], keys[j], 0)
		failed = err
		if reverse {
			return -c
		}
		return c
	})
	made := make([]value, len(items))
	for i, from := range order {
		made[i] = items[from]
	}
	return made, failed
}

func sortFilter(r *run, items []value, a *bound) (value, error) {
	attributes := []value{a.values[2]}
	if s, ok := str(a.values[2]); ok {
		attributes = nil
		for part := range strings.SplitSeq(s, ",") {
			attributes = append(attributes, strings.TrimSpace(part))
		}
	}
	// The last attribute first: the sort is stable.
	for _, attribute := range slices.Backward(attributes) {
		keys, err := r.keys(items, attribute, a.has[2], a.bool(1, false))
		if err != nil {
			return nil, err
		}
		if items, err = r.sorted(items, keys, a.bool(0, false)); err != nil {
			return nil, err
		}
	}
	return &list{items: items}, nil
}

func uniqueFilter(r *run, items []value, a *bound) (value, error) {
	keys, err := r.keys(items, a.values[1], a.has[1], a.bool(0, false))
	if err != nil {
		return nil, err
	}
	l, seen := &list{}, make(map[string]bool)
	for i, item := range items {
		var id strings.Builder
		if n, ok := float(keys[i]); ok {
			id.WriteString(floatText(n)) // 1 and 1.0 are one
		} else if err := r.repr(&id, keys[i], 0); err != nil {
			return nil, err
		}
		if !seen[id.String()] {
			seen[id.String()] = true
			l.items = append(l.items, item)
		}
	}
	return l, nil
}

func (r *run) extreme(items []value, a *bound, sign int) (value, error) {
	if len(items) == 0 {
		return undefined{"an item of nothing"}, nil
	}
	keys, err := r.keys(items, a.values[1], a.has[1], a.bool(0, false))
	if err != nil {
		return nil, err
	}
	best := 0
	for i := range items {
		c, err := r.compare(keys[i], keys[best], 0)
		if err != nil {
			return nil, err
		}
		if c*sign > 0 {
			best = i
		}
	}
	return items[best], nil
}

func sumFilter(r *run, items []value, a *bound) (value, error) {
	var total value = int64(0)
	if a.has[1] {
		total = a.values[1]
	}
	for _, item := range items {
		var err error
		if a.has[0] && a.values[0] != nil {
			if item, err = r.path(item, a.values[0]); err != nil {
				return nil, err
			}
		}
		if total, err = r.operate("+", total, item); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func groupbyFilter(r *run, items []value, a *bound) (value, error) {
	a.need(0)
	if a.err != nil {
		return nil, a.err
	}
	groups := make([]value, len(items))
	for i, item := range items {
		v, err := r.path(item, a.values[0])
		if err != nil {
			return nil, err
		}
		if _, ok := v.(undefined); ok && a.has[1] {
			v = a.values[1]
		}
		groups[i] = v
	}
	keys, err := r.keys(groups, nil, false, a.bool(2, false))
	if err != nil {
		return nil, err
	}
	all := make([]value, len(items))
	for i := range items {
		all[i] = tuple(groups[i], items[i], keys[i])
	}
	if all, err = r.sorted(all, keys, false); err != nil {
		return nil, err
	}
	l := &list{}
	var last value
	for i, entry := range all {
		parts := entry.(*list).items
		same := false
		if i > 0 {
			if same, err = r.equal(parts[2], last, 0); err != nil {
				return nil, err
			}
		}
		if !same {
			l.items = append(l.items, &list{items: []value{parts[0], &list{}}, tuple: true, names: []string{"grouper", "list"}})
		}
		last = parts[2]
		members := l.items[len(l.items)-1].(*list).items[1].(*list)
		members.items = append(members.items, parts[1])
	}
	return l, r.spend(len(items), 4*len(items)*itemSize)
}

func dictsortFilter(r *run, v value, a *bound) (value, error) {
	d, ok := v.(*dict)
	if !ok {
		return nil, fmt.Errorf("a dict expected, got %s", r.subject(v))
	}
	pairs, err := r.pairs(d)
	if err != nil {
		return nil, err
	}
	part := int64(0)
	switch by := a.str(1, "key"); by {
	case "key":
	case "value":
		part = 1
	default:
		return nil, fmt.Errorf("unknown order '%s': use key or value", by)
	}
	items := pairs.(*list).items
	keys, err := r.keys(items, part, true, a.bool(0, false))
	if err != nil {
		return nil, err
	}
	items, err = r.sorted(items, keys, a.bool(2, false))
	return &list{items: items}, err
}
