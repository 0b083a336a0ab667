package openai

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	api "github.com/sashabaranov/go-openai"
)

// Config is what a Client needs to know. Its faults are told by the names that the first three have in the environment.
type Config struct {
	Model   string            // OPENAI_MODEL, required: the model's name as the service has it; of Azure, the deployment's
	Key     string            // OPENAI_API_KEY; "" where the service asks for none
	BaseURL string            // OPENAI_BASE_URL; "" is OpenAI's own
	Log     *slog.Logger      // nil: nothing is logged
	HTTP    http.RoundTripper // nil: the standard one
}

// check reports all faults at once, none of them with the key.
func (c Config) check() (*url.URL, error) {
	base, badBase := c.base()
	return base, errors.Join(c.badModel(), c.badKey(), badBase)
}

func (c Config) badModel() error {
	switch {
	case c.Model == "":
		return errors.New("OPENAI_MODEL is not set: set it to the name of a model that the service has")
	case !oneWord.MatchString(c.Model):
		return fmt.Errorf("OPENAI_MODEL is %q: give one name, without spaces or quotes", c.Model)
	}
	return nil
}

// oneWord is printable ASCII without spaces and quotes.
var oneWord = regexp.MustCompile(`^[!#-&(-~]+$`)

func (c Config) badKey() error {
	switch {
	case c.Key == "" && c.BaseURL == "":
		return errors.New("neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: set the key for OpenAI's own service, or the address of another")
	case c.Key != "" && !oneWord.MatchString(c.Key):
		return errors.New("OPENAI_API_KEY has spaces, quotes or other characters that no key has: give the key alone, without the word Bearer")
	}
	return nil
}

// base is where the service is.
func (c Config) base() (*url.URL, error) {
	if c.BaseURL == "" {
		return url.Parse(api.DefaultConfig("").BaseURL)
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, errors.New("OPENAI_BASE_URL is no address of a service: give one that begins with http:// or https://, such as http://localhost:11434/v1")
	case u.User != nil:
		return nil, errors.New("OPENAI_BASE_URL has a name or a password in it: leave it out, and give the key as OPENAI_API_KEY")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("OPENAI_BASE_URL has something behind a ? or a #: leave that out")
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions"):
		return nil, errors.New("OPENAI_BASE_URL ends in /chat/completions: leave that out, so that it ends in what stands before, mostly /v1")
	}
	return u, nil
}

// azureVersion is the latest that Azure keeps stable for addresses without /openai/v1.
const azureVersion = "2024-10-21"

// service is how go-openai reaches it.
func service(key string, base *url.URL) api.ClientConfig {
	config := api.DefaultConfig(key)
	config.BaseURL = base.String()
	path := strings.TrimRight(base.Path, "/")
	if strings.HasSuffix(base.Hostname(), ".openai.azure.com") && !strings.HasSuffix(path, "/openai/v1") {
		config = api.DefaultAzureConfig(key, strings.TrimSuffix(strings.TrimRight(base.String(), "/"), "/openai"))
		config.APIVersion = azureVersion
		config.AzureModelMapperFunc = nil // the deployment's name stays as it was given
	}
	config.EmptyMessagesLimit = maxBody // the bytes are counted instead
	return config
}
