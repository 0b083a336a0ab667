package store

import (
	"reflect"
	"testing"
	"time"
)

func TestRevisionCanComeBack(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		first := Snapshot{"r1", start, []Kept{{"a", `{"x":1}`}, {"b", `{"x":2}`}}}
		second := Snapshot{"r2", start.Add(time.Hour), []Kept{{"a", `{"x":1}`}, {"b", `{"x":3}`}}}
		back := Snapshot{"r1", start.Add(2 * time.Hour), first.Passages}
		_, err := w.SnapshotAt(t.Context(), start)
		wantError(t, err, ErrNotFound)
		for _, test := range []struct {
			snap Snapshot
			want bool
		}{{first, true}, {first, false}, {second, true}, {back, true}, {back, false}} {
			wantEqual(t, test.snap.Revision+" is fresh", got(w.Keep(t.Context(), test.snap))(t), test.want)
		}
		for _, test := range []struct {
			name string
			have func() (Snapshot, error)
			want Snapshot
		}{
			{"before the first", func() (Snapshot, error) { return w.SnapshotAt(t.Context(), start.Add(-time.Hour)) }, first},
			{"at the first", func() (Snapshot, error) { return w.SnapshotAt(t.Context(), start) }, first},
			{"after the second", func() (Snapshot, error) { return w.SnapshotAt(t.Context(), start.Add(90*time.Minute)) }, second},
			{"at last", func() (Snapshot, error) { return w.SnapshotAt(t.Context(), start.Add(time.Hour*9)) }, back},
			{"second", func() (Snapshot, error) { return w.Snapshot(t.Context(), "r2") }, second},
			{"first, as last read", func() (Snapshot, error) { return w.Snapshot(t.Context(), "r1") }, back},
		} {
			if have := got(test.have())(t); !reflect.DeepEqual(have, test.want) {
				t.Errorf("%s: have %+v\nwant %+v", test.name, have, test.want)
			}
		}
		_, err = w.Snapshot(t.Context(), "r9")
		wantError(t, err, ErrNotFound)
		var n int
		ok(t, w.reads.QueryRowContext(t.Context(), `SELECT count(*) FROM bodies`).Scan(&n))
		wantEqual(t, "texts, each kept once", n, 3)
	})
}
