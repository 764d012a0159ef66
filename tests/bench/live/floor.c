/* The floor: what a broadcast costs when nothing but the system calls is left.
 *
 * Answers WebSocket handshakes without looking at them. What a client says goes to all as an event;
 * `go SECONDS AHEAD PROGRESS` on standard input sends events as fast as it can, but not more than
 * AHEAD of what every socket of the crowd has read. One `send` for each socket and JOINED events
 * (1 if it is not given), one thread, one process. Usage: floor PORT [JOINED]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"

#define MOST_CLIENTS 20000
#define FRAME_BYTES 300
#define MOST_JOINED 256

struct client {
    int fd;
    int is_open;
    size_t held;
    char buffer[4096];
};

static struct client *clients[MOST_CLIENTS];
static int client_count;
static uint64_t last_seq;
static uint64_t joined = 1;
static int epoll_fd;

static void drop(struct client *client)
{
    close(client->fd);
    for (int i = 0; i < client_count; i++)
        if (clients[i] == client)
            clients[i] = clients[--client_count];
    free(client);
}

/* Send all of it, waiting for the reader where its buffer is full. */
static void send_all(struct client *client, const char *data, size_t size)
{
    while (size) {
        ssize_t sent = send(client->fd, data, size, MSG_NOSIGNAL);
        if (sent > 0) {
            data += sent;
            size -= (size_t)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            struct pollfd waited = {client->fd, POLLOUT, 0};
            poll(&waited, 1, 1000);
        } else {
            return; /* gone: its reading side will say so */
        }
    }
}

static void broadcast(const char *data, size_t size)
{
    for (int i = 0; i < client_count; i++)
        if (clients[i]->is_open)
            send_all(clients[i], data, size);
}

/* One event in the shape of the product's; `rest` is its data from `"text":` on. */
static size_t write_event(char *out, const char *rest, size_t length)
{
    char body[4096];
    last_seq++;
    int size = snprintf(body, sizeof body, "{\"t\":\"ev\",\"s\":\"room\",\"q\":%llu,\"y\":\"bench\","
                        "\"d\":{%.*s", (unsigned long long)last_seq, (int)length, rest);
    return write_frame(out, OP_TEXT, body, (size_t)size, 0);
}

static size_t write_own_event(char *out)
{
    char text[FRAME_BYTES];
    int head = snprintf(text, sizeof text, "\"text\":\"~%llu~", (unsigned long long)now_ns());
    int shell = (int)strlen("{\"t\":\"ev\",\"s\":\"room\",\"q\":1000,\"y\":\"bench\",\"d\":{\"}}");
    while (head < FRAME_BYTES - shell)
        text[head++] = 'x';
    memcpy(text + head, "\"}}", 3);
    return write_event(out, text, (size_t)head + 3);
}

static void go(double seconds, uint64_t ahead, const char *progress_file)
{
    static char data[MOST_JOINED * 512];
    struct timespec pause = {0, 200 * 1000};
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
    int file = open(progress_file, O_RDONLY);
    volatile struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ, MAP_SHARED, file, 0);
    if (file < 0 || progress == MAP_FAILED)
        exit(1);
    while (now_ns() < end) {
        if (last_seq - progress->lowest + joined > ahead) {
            nanosleep(&pause, NULL);
            continue;
        }
        size_t size = 0;
        for (uint64_t i = 0; i < joined; i++)
            size += write_own_event(data + size);
        broadcast(data, size);
    }
}

static void take_frames(struct client *client)
{
    struct frame frame;
    size_t at = 0;
    while (read_frame(client->buffer + at, client->held - at, &frame)) {
        char *text = memmem(frame.payload, frame.length, "\"text\":", 7);
        if (frame.opcode == OP_TEXT && text) {
            char out[4200];
            size_t length = frame.length - (size_t)(text - frame.payload);
            broadcast(out, write_event(out, text, length));
        }
        at += frame.whole;
    }
    memmove(client->buffer, client->buffer + at, client->held - at);
    client->held -= at;
}

static void hear(struct client *client)
{
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\n\r\n";
    ssize_t got = recv(client->fd, client->buffer + client->held,
                       sizeof client->buffer - client->held, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            drop(client);
        return;
    }
    client->held += (size_t)got;
    if (!client->is_open) {
        char *end = memmem(client->buffer, client->held, "\r\n\r\n", 4);
        if (!end)
            return;
        size_t used = (size_t)(end + 4 - client->buffer);
        memmove(client->buffer, end + 4, client->held - used);
        client->held -= used;
        client->is_open = 1;
        send_all(client, answer, sizeof answer - 1);
    }
    take_frames(client);
}

static void let_in(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (client_count == MOST_CLIENTS) {
            close(fd);
            continue;
        }
        struct client *client = calloc(1, sizeof *client);
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        client->fd = fd;
        clients[client_count++] = client;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

static int listen_on(int port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("floor");
        exit(1);
    }
    return listener;
}

int main(int argc, char **argv)
{
    if (argc > 2)
        joined = strtoull(argv[2], NULL, 10);
    if (argc < 2 || joined < 1 || joined > MOST_JOINED)
        return 2;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = listen_on(atoi(argv[1]));
    epoll_fd = epoll_create1(0);
    struct epoll_event on_listener = {.events = EPOLLIN, .data.ptr = &listener};
    struct epoll_event on_input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &on_listener);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &on_input);
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(epoll_fd, events, 256, -1);
        for (int i = 0; i < count; i++) {
            char line[400], progress_file[300];
            double seconds;
            unsigned long long ahead;
            if (events[i].data.ptr == &listener) {
                let_in(listener);
            } else if (events[i].data.ptr) {
                hear(events[i].data.ptr);
            } else {
                ssize_t got = read(STDIN_FILENO, line, sizeof line - 1);
                if (got <= 0)
                    return 0; /* the bench has ended */
                line[got] = 0;
                if (sscanf(line, "go %lf %llu %299s", &seconds, &ahead, progress_file) == 3)
                    go(seconds, ahead, progress_file);
            }
        }
    }
}
