package playground

import "slices"

// usual is the language of everybody's client until they choose another, and that of the server.
const usual = "en-GB"

// languages are those that Discord's client speaks.
var languages = []string{"bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "hi", "hr", "hu", "id", "it", "ja",
	"ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW"}

// Speak sets the language of a person's client, such as "hr". The bot is told of it with all that they do from then on.
func (s *Server) Speak(as, language string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.person(as)
	if err != nil {
		return err
	}
	if !slices.Contains(languages, language) {
		return cannot(400, "Discord does not speak %q.", language)
	}
	u.lang = language
	return nil
}
