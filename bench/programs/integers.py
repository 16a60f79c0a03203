"""Integer arithmetic in the machine word and beyond it."""

def mandel(width):
    inside = 0
    one = 1 << 16
    for py in range(width):
        for px in range(width):
            cx, cy = (px * 3 * one) // width - 2 * one, (py * 2 * one) // width - one
            x = y = 0
            for _ in range(30):
                xx, yy = (x * x) >> 16, (y * y) >> 16
                if xx + yy > 4 * one:
                    break
                x, y = xx - yy + cx, ((2 * x * y) >> 16) + cy
            else:
                inside += 1
    return inside

def pi_digits(count):
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    digits = []
    while len(digits) < count:
        if 4 * q + r - t < n * t:
            digits.append(n)
            q, r, n = 10 * q, 10 * (r - n * t), (10 * (3 * q + r)) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2
    return digits

def powers(rounds):
    total = 0
    for i in range(rounds):
        total ^= pow(3, i, 1000003) ^ (i * 2654435761 & 0xFFFFFFFF) ^ divmod(i, 7)[1] ^ (-i // 3) ^ abs(-i) ^ i ** 2
    return total

def bits(rounds):
    state, total = 88172645463325252, 0
    for _ in range(rounds):
        state ^= (state << 13) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 7
        state ^= (state << 17) & 0xFFFFFFFFFFFFFFFF
        total += state & 1
    return total

assert mandel(90) == 2236
assert pi_digits(700)[:5] == [3, 1, 4, 1, 5]
assert powers(150000) == -7823009410
assert bits(200000) == 99861
assert len(str(3 ** 9000)) == 4295
