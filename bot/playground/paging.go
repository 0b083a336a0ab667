package playground

import (
	"slices"
	"strconv"
)

// page says which of a channel's messages are wanted.
type page struct {
	limit                 int
	before, after, around snowflake
}

// readPage reads it from a query.
func readPage(r *request) (page, error) {
	query := r.URL.Query()
	q := page{limit: 50}
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		f := &form{}
		if err != nil {
			f.fail("limit", "NUMBER_TYPE_COERCE", "Value is not int.")
		}
		f.number("limit", &n, 1, 100)
		if f.err() != nil {
			return page{}, f.err()
		}
		q.limit = n
	}
	q.before, q.after, q.around = parseID(query.Get("before")), parseID(query.Get("after")), parseID(query.Get("around"))
	return q, nil
}

// of picks from messages in the order of their ids, leaves out those for one person, and puts the latest first.
func (q page) of(all []*message) []*message {
	list := slices.DeleteFunc(slices.Clone(all), func(m *message) bool { return m.to != nil })
	at := func(id snowflake) int {
		i, _ := slices.BinarySearchFunc(list, id, func(m *message, id snowflake) int { return int(int64(m.ID) - int64(id)) })
		return i
	}
	from, to := 0, len(list)
	switch {
	case q.around != 0:
		from = max(0, at(q.around)-q.limit/2)
		to = min(to, from+q.limit)
	case q.after != 0:
		from = at(q.after + 1)
		to = min(to, from+q.limit)
	case q.before != 0:
		to = at(q.before)
	}
	list = list[max(from, to-q.limit):to]
	slices.Reverse(list)
	return list
}
