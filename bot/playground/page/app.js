// The page as a whole: who one is, which channel is open, and what the server's events change.

import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { button, byID, element, say } from "./dom.js";
import { FormDialog } from "./dialogs.js";
import { Messages } from "./messages.js";
import { Outcomes } from "./outcomes.js";
import { Panel } from "./panel.js";
import { Prose, refreshMoments } from "./prose.js";
import { Sidebar } from "./sidebar.js";
import { now, setClock } from "./times.js";
import { DIRECT, ON_MESSAGE, THREAD, TYPED, World } from "./world.js";

// Who a newcomer is.
const NEWCOMER = "ana";

// How long somebody is shown as typing unless they say so again.
const TYPING = 10_000;

class App {
  #api = null;
  #world = null;
  #channel = null;
  #prose = null;
  #stop = () => {};
  #loaded = Promise.resolve(); // the state of the place is here
  #shown = Promise.resolve(); // the messages of the channel are here
  #outcomes = new Outcomes();
  #welcome = element("div", { class: "welcome" });
  #typing = 0;

  constructor() {
    this.messages = new Messages(byID("log"));
    this.form = new FormDialog(byID("form"));
    this.panel = new Panel(byID("panel"), byID("panel-button"));
    this.sidebar = new Sidebar({ guild: byID("guild"), channels: byID("channels"), you: byID("you") }, {
      open: (id) => this.open(id),
      direct: () => this.#openDirect(),
      become: (user) => this.enter(user.username, this.#channel?.name),
    });
    this.composer = new Composer({
      form: byID("composer"), text: byID("message"), picker: byID("picker"), status: byID("status"), command: byID("command"),
      help: byID("help"), replying: byID("replying"), problem: byID("problem"),
    }, {
      say: (content, replyTo, ping) => this.#api.say(this.#channel.id, content, replyTo, ping),
      run: (command, options) => this.#run(command, options),
      suggest: (command, options, focused) => this.#api.suggest(this.#channel.id, command.id, options, focused),
      back: () => this.messages.focusLast(),
    });
    wireTheme(byID("theme-button"));
    this.drawer = wireDrawer(byID("channels-button"), byID("sidebar"), document.querySelector("main"));
    setInterval(() => this.#tick(), 1000);
  }

  /** Becomes a member, and goes to the channel with that name or id if they may see one. */
  async enter(as, wanted) {
    this.#stop();
    this.#api = new Api(as);
    // The stream comes first, so that nothing falls between what is read and what is told.
    this.#stop = this.#api.listen(this.#handlers(), {
      lost: () => say(byID("offline"), "The connection to the local Discord is lost. Trying again…"),
      found: () => this.enter(as, this.#channel?.id),
    });
    try {
      this.#loaded = this.#load();
      await this.#loaded;
    } catch (problem) {
      return this.composer.fail(problem.message);
    }
    const channel = this.#world.channels.find(({ id, name }) => wanted && (id === wanted || name === wanted)) ?? this.#world.start();
    await this.open(channel.id);
  }

  async #load() {
    this.#world = new World(await this.#api.state());
    this.#prose = new Prose(this.#world, { open: (id) => this.open(id), start: (name) => this.#start(name) });
    setClock(this.#world.clock.now);
    this.panel.showClock(this.#world.clock);
    this.panel.showFaults(this.#world.faults ?? []);
  }

  /** Opens a channel. */
  async open(id) {
    const world = this.#world;
    const channel = world.channel(id);
    this.#channel = channel;
    world.unread.delete(id);
    this.#showTyping("");
    this.drawer.close();
    this.#showPlace();
    this.composer.enter(world, placeholder(world, channel));
    remember(this.#api.as, channel);
    this.#shown = this.#api.messages(id).then((messages) => {
      if (this.#channel !== channel) return;
      this.#showWelcome();
      this.messages.show(messages, { world, prose: this.#prose, actions: this.#actions(), dismissed: dismissed.of(this.#api.as) }, this.#welcome);
    });
    try {
      await this.#shown;
    } catch (problem) {
      this.composer.fail(problem.message);
    }
    if (!matchMedia("(pointer: coarse)").matches) this.composer.focus(); // there a keyboard would cover the page
  }

  async #openDirect() {
    const known = this.#world.channels.find((channel) => channel.type === DIRECT);
    if (known) return this.open(known.id);
    const channel = await this.#api.dm();
    this.#world.keep(channel);
    return this.open(channel.id);
  }

  #actions() {
    return {
      reply: (message) => this.composer.reply(message),
      run: (command, message) => this.#run(command, [], message.id),
      click: async (message, customID, values) => this.#answered(await this.#api.click(message, customID, values)),
      open: (id) => this.open(id),
      dismiss: (id) => {
        dismissed.add(this.#api.as, id);
        this.messages.remove(id);
      },
    };
  }

  #start(name) {
    const command = this.#world.commandsOf(TYPED).find((each) => each.name === name);
    if (command) this.composer.start(command);
  }

  async #run(command, options, target) {
    const title = command.type === ON_MESSAGE ? command.name : `/${command.name}`;
    const note = this.messages.note(`Sending ${title}…`);
    try {
      await this.#answered(await this.#api.run(this.#channel.id, command.id, options, target));
      note.remove();
    } catch (problem) {
      note.fail(`${title}: ${problem.message}`);
    }
  }

  #answered({ interaction }) {
    return this.#outcomes.of(interaction);
  }

  #handlers() {
    const handlers = {
      MESSAGE_CREATE: (message) => this.#arrived(message),
      MESSAGE_UPDATE: (message) => this.messages.has(message.id) && this.messages.put(message),
      MESSAGE_DELETE: ({ id }) => this.messages.remove(id),
      THREAD_CREATE: (thread) => {
        this.#world.keep(thread);
        this.messages.redraw(thread.id);
        this.#showPlace();
      },
      CHANNEL_CREATE: (channel) => {
        this.#world.keep(channel);
        this.#showPlace();
      },
      TYPING_START: ({ channel_id: channel, user_id: user }) => {
        if (channel === this.#channel.id && user !== this.#world.me.id) this.#showTyping(this.#world.nameByID(user));
      },
      COMMANDS_UPDATE: ({ commands }) => {
        this.#world.commands = commands;
        this.#showWelcome();
      },
      PRESENCE: ({ online }) => {
        this.#world.application.online = online;
        this.#showPlace();
      },
      MODAL: (modal) => {
        this.#outcomes.settle(modal.interaction);
        this.form.open(modal, async (fields) => this.#answered(await this.#api.submit(modal.interaction, fields)));
      },
      INTERACTION: ({ interaction, state }) => {
        if (state === "answered") this.#outcomes.settle(interaction);
        if (state !== "failed") return;
        this.#outcomes.settle(interaction, "The application did not respond.");
        this.messages.giveUp(interaction);
      },
      CLOCK: (clock) => {
        setClock(clock.now);
        this.panel.showClock(clock);
        refreshMoments();
      },
      FAULTS: ({ faults }) => this.panel.showFaults(faults ?? []),
    };
    // Events wait for what they change to be there; they keep their order.
    return Object.fromEntries(Object.entries(handlers).map(([name, handle]) =>
      [name, (data) => this.#loaded.then(() => this.#shown).then(() => handle(data)).catch((problem) => console.error(name, problem))]));
  }

  #arrived(message) {
    if (message.channel_id === this.#channel.id) {
      if (message.author.id !== this.#world.me.id) this.#showTyping("");
      return this.messages.put(message);
    }
    if (!this.#world.channel(message.channel_id)) return;
    this.#world.unread.add(message.channel_id);
    this.sidebar.show(this.#world, this.#channel);
  }

  #showTyping(name) {
    clearTimeout(this.#typing);
    byID("typing").textContent = name && `${name} is typing…`;
    if (name) this.#typing = setTimeout(() => this.#showTyping(""), TYPING);
  }

  // showPlace draws what tells where one is: the list, the title, whether the bot is there.
  #showPlace() {
    if (!this.#channel) return;
    const { application } = this.#world;
    this.sidebar.show(this.#world, this.#channel);
    byID("place").textContent = this.#world.placeName(this.#channel);
    document.title = `${this.#world.placeName(this.#channel)} · local Discord`;
    byID("presence").textContent = `${application.name} is ${application.online ? "online" : "offline"}`;
    byID("presence").classList.toggle("on", application.online);
    say(byID("offline"), application.online ? "" : `${application.name} is offline. Nobody answers until it is back.`);
  }

  #showWelcome() {
    const channel = this.#channel;
    const place = this.#world.placeName(channel);
    const command = this.#firstCommand();
    const question = command?.options?.find((option) => option.required)?.name;
    const where = channel.type === DIRECT ? `Only you and ${place} read what is written here.`
      : channel.type === THREAD ? `A thread in #${this.#world.channel(channel.parent_id)?.name ?? "a channel"}.`
        : "A Discord on this computer, to try things in. It needs no account.";
    this.#welcome.replaceChildren(element("h2", {}, place), element("p", {}, where));
    if (!command) return;
    this.#welcome.append(element("p", { class: "hint" }, "Type ", element("b", {}, `/${command.name}`),
      question ? ` and a ${question}, then press Enter. ` : " and press Enter. ",
      button(`Use /${command.name}`, () => this.composer.start(command), { class: "press primary" })));
  }

  // firstCommand is what a newcomer is pointed to: one that asks for something, if there is one.
  #firstCommand() {
    const commands = this.#world.commandsOf(TYPED);
    return commands.find((each) => each.name === "ask") ?? commands.find((each) => each.options?.some((option) => option.required)) ?? commands[0];
  }

  #tick() {
    if (byID("panel").open) this.panel.tick();
    if (now().getSeconds() === 0) refreshMoments();
  }
}

function placeholder(world, channel) {
  if (channel.can_send === false) return "You may not write here, but / opens the commands";
  return `Message ${world.placeName(channel)}, or / for commands`;
}

// remember keeps who one is and where in the address, so that it can be reloaded, and be open twice for two members.
function remember(as, channel) {
  history.replaceState(null, "", `?as=${encodeURIComponent(as)}&channel=${channel.id}`);
}

// What somebody has dismissed stays away, as long as the tab is open.
const dismissed = {
  of: (as) => new Set(JSON.parse(sessionStorage.getItem(`dismissed ${as}`) ?? "[]")),
  add(as, id) {
    sessionStorage.setItem(`dismissed ${as}`, JSON.stringify([...this.of(as), id]));
  },
};

function wireTheme(toggle) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const name = () => {
    toggle.replaceChildren(isDark() ? "Light" : "Dark", element("span", { class: "wide" }, " theme"));
  };
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    name();
  });
  system.addEventListener("change", name);
  name();
}

// wireDrawer makes the list of channels a drawer on narrow screens.
function wireDrawer(opener, drawer, rest) {
  const set = (open) => {
    opener.setAttribute("aria-expanded", String(open));
    drawer.classList.toggle("open", open);
    rest.inert = open;
  };
  const close = () => {
    if (!drawer.classList.contains("open")) return;
    set(false);
    opener.focus();
  };
  opener.addEventListener("click", () => {
    set(true);
    drawer.querySelector("[aria-current]")?.focus();
  });
  drawer.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("click", (event) => {
    if (drawer.classList.contains("open") && !drawer.contains(event.target) && event.target !== opener && !event.target.closest("[popover]")) close();
  });
  matchMedia("(max-width: 700px)").addEventListener("change", close);
  return { close };
}

const wanted = new URLSearchParams(location.search);
new App().enter(wanted.get("as") || NEWCOMER, wanted.get("channel"));
