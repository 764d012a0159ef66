/* What the crowd and the floor share: WebSocket framing (RFC 6455, section 5.2), time, counters. */
#pragma once
#include <stdint.h>
#include <string.h>
#include <time.h>

enum { OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

/* The crowd's counters, in a file that others map or read. */
struct progress {
    uint64_t deliveries;
    uint64_t ready;
    uint64_t frames;
    uint64_t lowest; /* the lowest number that any socket is at */
};

struct frame {
    int opcode;
    char *payload;
    size_t length;
    size_t whole; /* bytes of the frame with its head */
};

static inline uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Read the frame at the beginning of `data`; 0 if it is not complete yet. Unmasks in place. */
static inline int read_frame(char *data, size_t size, struct frame *frame)
{
    unsigned char *head = (unsigned char *)data;
    size_t at = 2;
    if (size < 2)
        return 0;
    uint64_t length = head[1] & 0x7f;
    int is_masked = head[1] >> 7;
    if (length == 126) {
        if (size < 4)
            return 0;
        length = ((uint64_t)head[2] << 8) | head[3];
        at = 4;
    } else if (length == 127) {
        if (size < 10)
            return 0;
        length = 0;
        for (int i = 2; i < 10; i++)
            length = (length << 8) | head[i];
        at = 10;
    }
    unsigned char *mask = head + at;
    if (is_masked)
        at += 4;
    if (size < at + length)
        return 0;
    if (is_masked)
        for (uint64_t i = 0; i < length; i++)
            head[at + i] ^= mask[i & 3];
    frame->opcode = head[0] & 0x0f;
    frame->payload = data + at;
    frame->length = length;
    frame->whole = at + length;
    return 1;
}

/* Write a frame into `out` (which has room for 14 bytes more than the payload); its size. */
static inline size_t write_frame(char *out, int opcode, const char *payload, size_t length,
                                 int is_masked)
{
    unsigned char *head = (unsigned char *)out;
    size_t at = 2;
    head[0] = (unsigned char)(0x80 | opcode);
    if (length < 126) {
        head[1] = (unsigned char)length;
    } else {
        head[1] = 126;
        head[2] = (unsigned char)(length >> 8);
        head[3] = (unsigned char)length;
        at = 4;
    }
    if (is_masked) { /* a mask of zeros is a mask, and costs the server the same */
        head[1] |= 0x80;
        memset(out + at, 0, 4);
        at += 4;
    }
    memcpy(out + at, payload, length);
    return at + length;
}
