/* The crowd: thousands of WebSocket clients in one thread. It counts, and checks numbers.
 *
 * Usage: crowd PORT PATH KEYS NUMBER DIALECT PROGRESS
 *   KEYS      file with one session key a line
 *   DIALECT   live | live-batch (hello, snapshot, resume), plain (no hello), socketio
 *   PROGRESS  file of a few counters that other processes map (struct progress below)
 *
 * Events carry rising numbers. Each socket expects the next one: a lower one is counted as doubled,
 * a higher one as missing. Orders come by standard input, a line each; answers are JSON lines:
 *   stats                     counters since the last `reset`
 *   reset
 *   chat SECONDS RATE BURST   every ten seconds: BURST at once, the rest one by one
 *   measure                   from now on note latencies, and acknowledge each 5 s as browsers do
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"

#define SECOND 1000000000ull
#define MOST_OPENING 64
#define MOST_LATENCIES (8 * 1024 * 1024)
#define ACK_SECONDS 5

enum state { WAITING, OPENING, GREETING, READY };
enum dialect { LIVE, LIVE_BATCH, PLAIN, SOCKETIO };

struct client {
    int fd;
    enum state state;
    int number;
    uint64_t due; /* when to connect */
    uint64_t ack_due;
    int64_t room, me; /* the last numbers seen; -1: none */
    int64_t acked;
    char room_epoch[48], me_epoch[48];
    char *held;
    size_t held_size;
    char key[80];
};

static struct client *clients;
static int count, port, opening, epoll_fd, is_measuring, has_been_whole;
static const char *path;
static enum dialect dialect;
static struct progress *progress;
static uint64_t doubled, missing, snapshots, recovered, closed, refused, oks, errors, commands;
static uint32_t *latencies;
static size_t latency_count;

static uint64_t chance(uint64_t below)
{
    static uint64_t x = 88172645463325252ull;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x % below;
}

/* --- Connecting ------------------------------------------------------------------------------ */
static void lose(struct client *client)
{
    if (client->state == WAITING)
        return;
    if (client->state == READY)
        progress->ready--, closed++;
    else
        opening--, refused++;
    close(client->fd);
    free(client->held);
    client->held = NULL;
    client->held_size = 0;
    client->state = WAITING;
    /* Harder than browsers, which wait longer after each failure: all knock as soon as it opens. */
    client->due = now_ns() + SECOND / 4 + chance(SECOND / 2);
}

static void send_text(struct client *client, const char *text)
{
    char out[2048];
    size_t size = write_frame(out, OP_TEXT, text, strlen(text), 1);
    if (send(client->fd, out, size, MSG_NOSIGNAL) != (ssize_t)size)
        shutdown(client->fd, SHUT_RDWR);
}

static void connect_now(struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    client->state = OPENING;
    opening++;
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) {
        lose(client);
        return;
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event);
}

static void ask_for_socket(struct client *client)
{
    char text[1024];
    int problem = 0;
    socklen_t length = sizeof problem;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    if (problem) {
        lose(client);
        return;
    }
    int size = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s"
                        "Origin: http://127.0.0.1:%d\r\nCookie: sessionid=%s\r\n\r\n",
                        path, port,
                        dialect <= LIVE_BATCH ? "Sec-WebSocket-Protocol: ls.live.v1\r\n" : "",
                        port, client->key);
    if (send(client->fd, text, (size_t)size, MSG_NOSIGNAL) != size) {
        lose(client);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void become_ready(struct client *client)
{
    if (client->state != GREETING)
        return;
    client->state = READY;
    client->ack_due = now_ns() + chance(ACK_SECONDS * SECOND);
    opening--;
    if (++progress->ready == (uint64_t)count)
        has_been_whole = 1;
}

static void greet(struct client *client)
{
    char text[512], resume[256] = "";
    client->state = GREETING;
    if (dialect == PLAIN)
        become_ready(client);
    if (dialect > LIVE_BATCH)
        return;
    if (client->room >= 0 && client->me >= 0)
        snprintf(resume, sizeof resume,
                 ",\"resume\":{\"room\":{\"e\":\"%s\",\"q\":%lld},\"me\":{\"e\":\"%s\",\"q\":%lld}}",
                 client->room_epoch, (long long)client->room, client->me_epoch,
                 (long long)client->me);
    snprintf(text, sizeof text, "{\"t\":\"hello\",\"v\":1%s%s}", resume,
             dialect == LIVE_BATCH ? ",\"caps\":[\"batch\"]" : "");
    send_text(client, text);
}

/* --- Frames ---------------------------------------------------------------------------------- */
static int begins(const char *text, size_t length, const char *with)
{
    size_t size = strlen(with);
    return length >= size && !memcmp(text, with, size);
}

static const char *after(const char *text, size_t length, const char *mark)
{
    const char *found = memmem(text, length, mark, strlen(mark));
    return found ? found + strlen(mark) : NULL;
}

/* Position of a stream in `{"room":{"e":"…","q":7}`; `mark` is everything before the epoch. */
static void read_position(const char *text, size_t length, const char *mark, char *epoch,
                          int64_t *seq)
{
    const char *found = after(text, length, mark), *end;
    if (!found || !(end = strchr(found, '"')) || end - found > 40)
        return;
    memcpy(epoch, found, (size_t)(end - found));
    epoch[end - found] = 0;
    *seq = atoll(end + strlen("\",\"q\":"));
}

static void count_event(struct client *client, const char *text, size_t length, const char *seq)
{
    int64_t number = atoll(seq);
    if (client->room >= 0 && number <= client->room) {
        doubled++;
        return;
    }
    if (client->room >= 0)
        missing += (uint64_t)(number - client->room - 1);
    client->room = number;
    progress->deliveries++;
    const char *sent;
    if (is_measuring && latency_count < MOST_LATENCIES && (sent = after(text, length, "\"text\":\"~")))
        latencies[latency_count++] = (uint32_t)((now_ns() - strtoull(sent, NULL, 10)) / 1000);
}

static void take_text(struct client *client, const char *text, size_t length);

/* Each element of a batch, which is `{"t":"batch","f":[{…},{…}]}`. */
static void take_batch(struct client *client, const char *text, size_t length)
{
    const char *begin = NULL, *end = text + length;
    int depth = 0, is_text = 0;
    for (const char *c = memchr(text, '[', length) + 1; c < end; c++) {
        if (is_text) {
            if (*c == '\\')
                c++;
            else if (*c == '"')
                is_text = 0;
        } else if (*c == '"') {
            is_text = 1;
        } else if (*c == '{' && depth++ == 0) {
            begin = c;
        } else if (*c == '}' && --depth == 0) {
            take_text(client, begin, (size_t)(c + 1 - begin));
        }
    }
}

static void take_text(struct client *client, const char *text, size_t length)
{
    static const char room_event[] = "{\"t\":\"ev\",\"s\":\"room\",\"q\":";
    static const char own_event[] = "{\"t\":\"ev\",\"s\":\"me\",\"q\":";
    if (begins(text, length, room_event)) {
        count_event(client, text, length, text + sizeof room_event - 1);
    } else if (begins(text, length, own_event)) {
        client->me = atoll(text + sizeof own_event - 1);
    } else if (begins(text, length, "{\"t\":\"batch\"")) {
        take_batch(client, text, length);
    } else if (begins(text, length, "{\"t\":\"welcome\"")) {
        if (after(text, length, "\"recovered\":true"))
            recovered++;
        become_ready(client);
    } else if (begins(text, length, "{\"t\":\"snap\"")) {
        snapshots++;
        read_position(text, length, "\"room\":{\"e\":\"", client->room_epoch, &client->room);
        read_position(text, length, "\"me\":{\"e\":\"", client->me_epoch, &client->me);
    } else if (begins(text, length, "{\"t\":\"ok\"")) {
        oks++;
    } else if (begins(text, length, "{\"t\":\"err\"")) {
        errors++;
        fprintf(stderr, "%.*s\n", (int)length, text);
    }
}

static void take_socketio(struct client *client, const char *text, size_t length)
{
    if (begins(text, length, "42[\"ev\",")) {
        take_text(client, text + 8, length - 9);
    } else if (begins(text, length, "40")) {
        become_ready(client);
    } else if (length && text[0] == '0') {
        send_text(client, "40");
    } else if (length == 1 && text[0] == '2') {
        send_text(client, "3");
    }
}

static void take(struct client *client, struct frame *frame)
{
    char out[256];
    if (frame->opcode == OP_PING && frame->length < 126) {
        size_t size = write_frame(out, OP_PONG, frame->payload, frame->length, 1);
        send(client->fd, out, size, MSG_NOSIGNAL);
    } else if (frame->opcode == OP_TEXT) {
        progress->frames++;
        if (dialect == SOCKETIO)
            take_socketio(client, frame->payload, frame->length);
        else
            take_text(client, frame->payload, frame->length);
    } else if (frame->opcode == OP_CLOSE) {
        shutdown(client->fd, SHUT_RDWR);
    }
}

static void hear(struct client *client)
{
    static char data[512 * 1024 + 1];
    size_t size = client->held_size, at = 0;
    if (size)
        memcpy(data, client->held, size);
    ssize_t got = recv(client->fd, data + size, sizeof data - 1 - size, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        lose(client);
        return;
    }
    size += (size_t)got;
    data[size] = 0;
    if (client->state == OPENING) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (end && !begins(data, size, "HTTP/1.1 101")) {
            lose(client);
            return;
        }
        if (end) {
            at = (size_t)(end + 4 - data);
            greet(client);
        }
    }
    struct frame frame;
    while (client->state > OPENING && read_frame(data + at, size - at, &frame)) {
        take(client, &frame);
        at += frame.whole;
    }
    if (size > at || client->held_size) {
        client->held = realloc(client->held, size - at + 1);
        memcpy(client->held, data + at, size - at);
        client->held_size = size - at;
    }
}

/* --- Chat ------------------------------------------------------------------------------------ */
static uint64_t chat_end, chat_began;
static double chat_rate;
static int chat_burst, chat_sent;

/* How many messages are due at `elapsed` seconds: each ten seconds BURST, then evenly the rest. */
static int due_at(double elapsed)
{
    double each = chat_rate * 10, inside = elapsed - 10 * (int)(elapsed / 10);
    return (int)(each * (int)(elapsed / 10)) + chat_burst +
           (int)((each - chat_burst) * inside / 10);
}

static void say(struct client *client)
{
    char text[512];
    commands = commands ? commands + 1 : now_ns(); /* an id is not used again by the next crowd */
    snprintf(text, sizeof text,
             "{\"t\":\"cmd\",\"id\":\"%026llu\",\"op\":\"chat.send\",\"d\":{\"text\":\"~%llu~ %d "
             "I see how tired you are; it was right to come, and we will look at it together.\"}}",
             (unsigned long long)commands, (unsigned long long)now_ns(), client->number);
    send_text(client, text);
}

static void chat(void)
{
    uint64_t now = now_ns();
    if (now >= chat_end) {
        chat_end = 0;
        printf("{\"said\":%d}\n", chat_sent);
        fflush(stdout);
        return;
    }
    /* Another person each time, so that nobody meets their own limit. */
    while (chat_sent < due_at((double)(now - chat_began) / SECOND))
        say(&clients[(chat_sent++ * 7) % count]);
}

static void acknowledge(uint64_t now)
{
    for (int i = 0; i < count; i++) {
        struct client *client = &clients[i];
        if (client->state != READY || client->ack_due > now)
            continue;
        client->ack_due = now + ACK_SECONDS * SECOND;
        if (client->acked == client->room)
            continue;
        char text[100];
        client->acked = client->room;
        snprintf(text, sizeof text, "{\"t\":\"ack\",\"p\":{\"room\":%lld,\"me\":%lld}}",
                 (long long)client->room, (long long)client->me);
        send_text(client, text);
    }
}

/* --- Orders ---------------------------------------------------------------------------------- */
static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double latency_ms(double part)
{
    return latency_count ? latencies[(size_t)((double)(latency_count - 1) * part)] / 1000.0 : 0;
}

static void answer_stats(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    int64_t lowest = INT64_MAX, highest = -1;
    for (int i = 0; i < count; i++) {
        lowest = clients[i].room < lowest ? clients[i].room : lowest;
        highest = clients[i].room > highest ? clients[i].room : highest;
    }
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf("{\"ready\":%llu,\"deliveries\":%llu,\"frames\":%llu,\"doubled\":%llu,\"missing\":%llu,"
           "\"snapshots\":%llu,\"recovered\":%llu,\"closed\":%llu,\"refused\":%llu,\"oks\":%llu,"
           "\"errors\":%llu,\"lowest\":%lld,\"highest\":%lld,\"measured\":%zu,\"p50_ms\":%.2f,"
           "\"p99_ms\":%.2f,\"worst_ms\":%.2f,\"cpu_seconds\":%.3f}\n",
           (unsigned long long)progress->ready, (unsigned long long)progress->deliveries,
           (unsigned long long)progress->frames, (unsigned long long)doubled,
           (unsigned long long)missing, (unsigned long long)snapshots,
           (unsigned long long)recovered, (unsigned long long)closed, (unsigned long long)refused,
           (unsigned long long)oks, (unsigned long long)errors, (long long)lowest,
           (long long)highest, latency_count, latency_ms(0.5), latency_ms(0.99), latency_ms(1),
           cpu);
    fflush(stdout);
}

static void obey(const char *line)
{
    double seconds;
    if (!strncmp(line, "stats", 5)) {
        answer_stats();
    } else if (!strncmp(line, "reset", 5)) {
        doubled = missing = snapshots = recovered = closed = refused = oks = errors = 0;
        progress->deliveries = progress->frames = latency_count = 0;
    } else if (!strncmp(line, "measure", 7)) {
        is_measuring = 1;
    } else if (sscanf(line, "chat %lf %lf %d", &seconds, &chat_rate, &chat_burst) == 3) {
        chat_began = now_ns();
        chat_end = chat_began + (uint64_t)(seconds * SECOND);
        chat_sent = 0;
    }
}

static void each_tick(void)
{
    uint64_t now = now_ns(), lowest = UINT64_MAX;
    for (int i = 0; i < count; i++) {
        struct client *client = &clients[i];
        /* At first a few at a time; those who were cut off later come as they like: a storm. */
        if (client->state == WAITING && client->due <= now &&
            (has_been_whole || opening < MOST_OPENING))
            connect_now(client);
        uint64_t at = client->state == READY && client->room > 0 ? (uint64_t)client->room : 0;
        lowest = at < lowest ? at : lowest;
    }
    progress->lowest = lowest;
    if (chat_end)
        chat();
    if (is_measuring && dialect <= LIVE_BATCH)
        acknowledge(now);
}

static int prepare(char **argv)
{
    port = atoi(argv[1]);
    path = argv[2];
    count = atoi(argv[4]);
    dialect = !strcmp(argv[5], "live")         ? LIVE
              : !strcmp(argv[5], "live-batch") ? LIVE_BATCH
              : !strcmp(argv[5], "socketio")   ? SOCKETIO
                                               : PLAIN;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int fd = open(argv[6], O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *progress))
        return 0;
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    latencies = malloc(MOST_LATENCIES * sizeof *latencies);
    clients = calloc((size_t)count, sizeof *clients);
    FILE *keys = fopen(argv[3], "r");
    for (int i = 0; i < count; i++) {
        clients[i].number = i;
        clients[i].room = clients[i].me = -1;
        if (keys && fscanf(keys, "%79s", clients[i].key) != 1)
            return 0;
    }
    return progress != MAP_FAILED && latencies && clients && keys;
}

int main(int argc, char **argv)
{
    if (argc != 7 || !prepare(argv)) {
        fprintf(stderr, "crowd: bad arguments or too few keys\n");
        return 2;
    }
    epoll_fd = epoll_create1(0);
    struct epoll_event on_input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &on_input);
    uint64_t tick = 0;
    for (;;) {
        struct epoll_event events[512];
        int found = epoll_wait(epoll_fd, events, 512, 2);
        for (int i = 0; i < found; i++) {
            struct client *client = events[i].data.ptr;
            if (client && client->state == OPENING && events[i].events & EPOLLOUT) {
                ask_for_socket(client);
            } else if (client) {
                hear(client);
            } else {
                char lines[400], *rest = NULL;
                ssize_t got = read(STDIN_FILENO, lines, sizeof lines - 1);
                if (got <= 0)
                    return 0; /* the bench has ended */
                lines[got] = 0;
                for (char *line = strtok_r(lines, "\n", &rest); line;
                     line = strtok_r(NULL, "\n", &rest))
                    obey(line);
            }
        }
        if (now_ns() - tick > SECOND / 500) {
            each_tick();
            tick = now_ns();
        }
    }
}
