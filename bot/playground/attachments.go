package playground

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// maxStored is how many bytes of files are kept; beyond it the oldest are forgotten.
const maxStored = 64 << 20

// files are those that were uploaded.
type files struct {
	byID  map[snowflake]file
	order []snowflake
	size  int
}

// add keeps a file, and forgets the oldest if there is too much.
func (fs *files) add(id snowflake, f file) {
	fs.byID[id] = f
	fs.order = append(fs.order, id)
	fs.size += len(f.data)
	for fs.size > maxStored && len(fs.order) > 1 {
		oldest := fs.order[0]
		fs.size -= len(fs.byID[oldest].data)
		delete(fs.byID, oldest)
		fs.order = fs.order[1:]
	}
}

// store keeps an uploaded file, and returns how messages refer to it.
func (s *Server) store(f file, described attachment, private bool) attachment {
	id := s.newID()
	s.files.add(id, f)
	name := cmp.Or(described.Filename, f.name)
	link := "http://" + s.host + "/attachments/" + id.String() + "/" + url.PathEscape(name)
	return attachment{ID: id, Filename: name, Description: described.Description, Kind: f.kind, Size: len(f.data),
		URL: link, Proxy: link, Ephemeral: private}
}

// link makes embeds and layouts that show attachment://NAME show the file of that name.
func (m *message) link() {
	for i := range m.Embeds {
		e := &m.Embeds[i]
		for _, picture := range []*embedImage{e.Image, e.Thumbnail} {
			if picture != nil {
				picture.URL = m.linked(picture.URL)
			}
		}
	}
	for c := range all(m.Components) {
		for _, shown := range []*media{c.Media, c.File} {
			if shown != nil {
				shown.URL = m.linked(shown.URL)
			}
		}
		for j := range c.Items {
			c.Items[j].Media.URL = m.linked(c.Items[j].Media.URL)
		}
	}
}

// linked is the address of the attachment that a link names, and the link itself if it names none.
func (m *message) linked(link string) string {
	name, ok := strings.CutPrefix(link, "attachment://")
	if !ok {
		return link
	}
	for _, a := range m.Attachments {
		if a.Filename == name {
			return a.URL
		}
	}
	return link
}

// serveFile gives a file to be saved; nothing that was uploaded is shown as a page.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files.byID[parseID(r.PathValue("id"))]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
	if kind, _, _ := strings.Cut(f.kind, ";"); strings.HasPrefix(kind, "image/") && kind != "image/svg+xml" {
		h.Set("Content-Type", kind)
	} else {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", s.clock.Now(), bytes.NewReader(f.data))
}
