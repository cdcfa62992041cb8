// The usual emoji by their Slack names; a name that is not here stays as typed.

const TABLE = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔
no_entry_sign 🚫|octagonal_sign 🛑|warning ⚠️|rotating_light 🚨|bangbang ‼️|exclamation ❗|heavy_exclamation_mark ❗
grey_exclamation ❕|question ❓|grey_question ❔|interrobang ⁉️|information_source ℹ️|hourglass ⌛
hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|watch ⌚|clock1 🕐|clock3 🕒|clock9 🕘
calendar 📆|date 📅|spiral_calendar_pad 🗓️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|robot_face 🤖
gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|nut_and_bolt 🔩|toolbox 🧰|computer 💻|iphone 📱|telephone_receiver 📞
floppy_disk 💾|package 📦|truck 🚚|rocket 🚀|airplane ✈️|fire 🔥|boom 💥|zap ⚡|sparkles ✨|star ⭐|star2 🌟|bulb 💡
mag 🔍|mag_right 🔎|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|memo 📝|pencil 📝
pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|clipboard 📋|scroll 📜|receipt 🧾|file_folder 📁
open_file_folder 📂|card_index_dividers 🗂️|wastebasket 🗑️|inbox_tray 📥|outbox_tray 📤|email 📧|envelope ✉️
incoming_envelope 📨|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|left_speech_bubble 🗨️
eyes 👀|eye 👁️|raised_hand ✋|hand ✋|raised_hands 🙌|wave 👋|ok_hand 👌|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|clap 👏
pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|writing_hand ✍️|handshake 🤝|v ✌️
crossed_fingers 🤞|bust_in_silhouette 👤|busts_in_silhouette 👥|smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|wink 😉
blush 😊|slightly_smiling_face 🙂|neutral_face 😐|thinking_face 🤔|confused 😕|worried 😟|cry 😢|sob 😭|angry 😠|rage 😡
scream 😱|sunglasses 😎|tada 🎉|confetti_ball 🎊|gift 🎁|trophy 🏆|medal 🏅|dart 🎯|100 💯|heart ❤️|green_heart 💚
yellow_heart 💛|blue_heart 💙|broken_heart 💔|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡
large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_green_square 🟩
large_red_square 🟥|large_yellow_square 🟨|white_large_square ⬜|black_large_square ⬛|small_red_triangle 🔺
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_right_hook ↪️|leftwards_arrow_with_hook ↩️
arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|fast_forward ⏩|rewind ⏪|double_vertical_bar ⏸️
black_right_pointing_triangle ▶️|arrow_forward ▶️|black_square_for_stop ⏹️|heavy_plus_sign ➕|heavy_minus_sign ➖
heavy_multiplication_x ✖️|heavy_dollar_sign 💲|dollar 💵|euro 💶|pound 💷|moneybag 💰|money_with_wings 💸|credit_card 💳
bank 🏦|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|abacus 🧮|scales ⚖️|office 🏢|house 🏠
globe_with_meridians 🌐|earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|sunny ☀️|cloud ☁️|rainbow 🌈|snowflake ❄️
coffee ☕|tea 🍵|pizza 🍕|cake 🍰|beers 🍻|construction 🚧|recycle ♻️|id 🆔|new 🆕|ok 🆗|sos 🆘|free 🆓|up 🆙
wheelchair ♿|ghost 👻|skull 💀|bug 🐛|snake 🐍|whale 🐳|penguin 🐧|crystal_ball 🔮|magnet 🧲|test_tube 🧪|microscope 🔬
seedling 🌱|evergreen_tree 🌲|four_leaf_clover 🍀|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣
`;

const EMOJI = new Map(
  TABLE.trim().split(/[\n|]/).map((entry) => {
    const at = entry.indexOf(" ");
    return [entry.slice(0, at), entry.slice(at + 1)];
  }),
);

const TONES = { 2: "\u{1F3FB}", 3: "\u{1F3FC}", 4: "\u{1F3FD}", 5: "\u{1F3FE}", 6: "\u{1F3FF}" };

/** `:name:` and `:name::skin-tone-3:` in `text` as the emoji they stand for. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g, (whole, name, tone) => {
    const found = EMOJI.get(name);
    return found === undefined ? whole : found + (tone ? TONES[tone] : "");
  });
}

/** A rich_text emoji element: its code points when Slack gave them, else by name, else `:name:`. */
export function emojiElement({ name, unicode }) {
  if (unicode && /^[0-9a-f]{1,6}(-[0-9a-f]{1,6})*$/i.test(unicode)) {
    const points = unicode.split("-").map((point) => Number.parseInt(point, 16));
    if (points.every((point) => point <= 0x10ffff)) return String.fromCodePoint(...points);
  }
  return withEmoji(`:${name}:`);
}
