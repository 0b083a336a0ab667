// The page as a whole: who one is, which channel is open, and what the server's events change.

import { Api } from "./api.js";
import { byID, element, say } from "./dom.js";
import { FormDialog } from "./form/dialog.js";
import { dismiss, dismissedBy } from "./log/dismissed.js";
import { Messages } from "./log/messages.js";
import { Prose, refreshMoments } from "./log/prose.js";
import { Typing } from "./log/typing.js";
import { Outcomes } from "./outcomes.js";
import { Drawer } from "./place/drawer.js";
import { newMark } from "./place/news.js";
import { Panel } from "./place/panel.js";
import { Sidebar } from "./place/sidebar.js";
import { wireThemeButton } from "./place/theme-button.js";
import { absence, drawWelcome, placeholder } from "./place/welcome.js";
import { now, setClock } from "./times.js";
import { DIRECT, ON_MESSAGE, TYPED, within, World } from "./world.js";
import { Composer } from "./write/composer.js";

// Who a newcomer is.
const NEWCOMER = "ana";

class App {
  #api = null;
  #world = null;
  #channel = null;
  #prose = null;
  #stop = () => {};
  #settled = Promise.resolve(); // what events change is on the page
  #told = Promise.resolve(); // all events so far have been dealt with
  #outcomes = new Outcomes();
  #welcome = element("div", { class: "welcome" });
  #typing = new Typing(byID("typing"));

  constructor() {
    this.messages = new Messages(byID("log"));
    this.form = new FormDialog(byID("form"), () => this.composer.focus());
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
      world: () => this.#world,
      commands: () => this.#commands(),
      say: (content, replyTo, ping) => this.#api.say(this.#channel.id, content, replyTo, ping),
      run: (command, options) => this.#run(command, options),
      suggest: (command, options, focused) => this.#api.suggest(this.#channel.id, command.id, within(command, options), focused),
      back: () => this.messages.focusLast(),
    });
    wireThemeButton(byID("theme-button"));
    this.drawer = new Drawer(byID("channels-button"), byID("sidebar"), document.querySelector("main"));
    setInterval(() => this.#tick(), 1000);
  }

  /** Becomes a member, and goes to the channel with that name or id if they may see one. */
  async enter(as, wanted) {
    this.#stop();
    this.#api = new Api(as);
    // The stream comes first, so that nothing falls between what is read and what is told.
    this.#stop = this.#api.listen(this.#handlers(), {
      lost: () => say(byID("offline"), "The connection to the local Discord is lost. Trying again…"),
      found: () => this.#catchUp(),
    });
    await this.#settle(async () => {
      await this.#load();
      const { channels } = this.#world;
      this.#goTo(channels.find(({ id, name }) => wanted && (id === wanted || name === wanted)) ?? this.#world.start());
      await this.#showMessages();
    });
    this.#focusComposer();
  }

  // catchUp reads anew what may have changed while nothing was told, and leaves alone what somebody is writing.
  async #catchUp() {
    if (!this.#channel) return this.enter(this.#api.as);
    await this.#settle(async () => {
      await this.#load();
      const still = this.#world.channel(this.#channel.id);
      if (still && still.can_send === this.#channel.can_send) this.#stay(still);
      else this.#goTo(still ?? this.#world.start());
      await this.#showMessages();
      this.composer.fail(""); // what failed while it was away is over
    });
  }

  /** Opens a channel. */
  async open(id) {
    await this.#settle(async () => {
      this.#goTo(this.#world.channel(id));
      await this.#showMessages();
    });
    this.#focusComposer();
  }

  // settle lets events wait for work, and says what went wrong with it.
  async #settle(work) {
    this.#settled = work().catch((problem) => this.composer.fail(problem.message));
    await this.#settled;
  }

  async #load() {
    this.#world = new World(await this.#api.state());
    this.#prose = new Prose(this.#world, { open: (id) => this.open(id), start: (name) => this.#start(name) });
    setClock(this.#world.clock.now);
    this.panel.showClock(this.#world.clock);
    this.panel.showFaults(this.#world.faults);
    this.panel.showServer(this.#world);
  }

  // stay takes over what is new about the channel that is open.
  #stay(channel) {
    this.#channel = channel;
    this.#read(channel);
    this.#showPlace();
  }

  // read notes that the member has seen a channel. If the server does not hear of it, the channel is new again later.
  #read(channel) {
    this.#world.unread.read(channel.id);
    this.#api.read(channel.id).catch(() => {});
  }

  #goTo(channel) {
    this.#channel = channel;
    this.#read(channel);
    this.#typing.show("");
    this.drawer.close();
    this.#showPlace();
    this.composer.enter(placeholder(this.#world, channel), channel.can_send !== false);
    remember(this.#api.as, channel);
  }

  async #showMessages() {
    const channel = this.#channel;
    const { as } = this.#api;
    const messages = await this.#api.messages(channel.id);
    if (this.#channel !== channel) return; // somebody has gone on
    this.#showWelcome();
    this.messages.show(messages, { world: this.#world, channel, prose: this.#prose, actions: this.#actions(), dismissed: dismissedBy(as) }, this.#welcome);
  }

  // focusComposer makes a place ready to write in, except where a keyboard would come up and cover it.
  #focusComposer() {
    if (!matchMedia("(pointer: coarse)").matches) this.composer.focus();
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
        dismiss(this.#api.as, id);
        this.messages.remove(id);
      },
    };
  }

  #commands() {
    return this.#world.commandsIn(this.#channel, TYPED);
  }

  #start(name) {
    const command = this.#commands().find((each) => each.name === name);
    if (command) this.composer.start(command);
  }

  async #run(command, options, target) {
    const title = command.type === ON_MESSAGE ? command.name : `/${command.name}`;
    const note = this.messages.note(`Sending ${title}…`);
    try {
      await this.#answered(await this.#api.run(this.#channel.id, command.id, within(command, options), target));
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
      CHANGED: () => this.#catchUp(),
      TYPING_START: ({ channel_id: channel, user_id: user }) => {
        if (channel === this.#channel.id && user !== this.#world.me.id) this.#typing.show(this.#world.nameByID(user));
      },
      COMMANDS_UPDATE: ({ commands }) => {
        this.#world.commands = commands;
        this.#showWelcome();
        this.composer.offerAgain();
      },
      PRESENCE: ({ online }) => {
        this.#world.application.online = online;
        this.#showPlace();
      },
      MODAL: (modal) => {
        this.#outcomes.settle(modal.interaction);
        this.form.open(modal, this.#prose, async (fields) => this.#answered(await this.#api.submit(modal.interaction, fields)));
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
      FAULTS: ({ faults }) => this.panel.showFaults(faults),
    };
    const later = (handle) => (data) => {
      // Events wait for what they change to be there; they keep their order.
      this.#told = this.#told.then(() => this.#settled).then(() => this.#channel && handle(data)).catch(console.error);
    };
    return Object.fromEntries(Object.entries(handlers).map(([name, handle]) => [name, later(handle)]));
  }

  #arrived(message) {
    if (message.channel_id === this.#channel.id) {
      if (message.author.id !== this.#world.me.id) this.#typing.show("");
      this.messages.put(message);
      return this.#read(this.#channel);
    }
    const channel = this.#world.channel(message.channel_id);
    if (!channel || message.author.id === this.#world.me.id) return;
    const pings = channel.type === DIRECT || this.#world.mentionsMe(message);
    this.#world.unread.add(message, pings);
    if (pings) byID("status").textContent = `${this.#world.nameOf(message.author)} pings you in ${this.#world.placeName(channel)}.`;
    this.#showPlace();
  }

  // showPlace draws what tells where one is: the list, the title, whether the bot is there.
  #showPlace() {
    if (!this.#channel) return;
    const { application } = this.#world;
    this.sidebar.show(this.#world, this.#channel);
    byID("place").textContent = this.#world.placeName(this.#channel);
    const news = this.#world.unread.all;
    document.title = `${news.pings > 0 ? `(${news.pings}) ` : ""}${this.#world.placeName(this.#channel)} · local Discord`;
    byID("presence").textContent = `${application.name} is ${application.online ? "online" : "offline"}`;
    byID("channels-button").replaceChildren("Channels", ...newMark(news));
    say(byID("offline"), absence(this.#world, this.#channel));
  }

  #showWelcome() {
    drawWelcome(this.#welcome, this.#world, this.#channel, (command) => this.composer.start(command));
  }

  #tick() {
    if (byID("panel").open) this.panel.tick();
    if (now().getSeconds() === 0) refreshMoments();
  }
}

// remember keeps who one is and where in the address, so that it can be reloaded, and be open twice for two members.
function remember(as, channel) {
  history.replaceState(null, "", `?as=${encodeURIComponent(as)}&channel=${channel.id}`);
}

const wanted = new URLSearchParams(location.search);
new App().enter(wanted.get("as") || NEWCOMER, wanted.get("channel"));
