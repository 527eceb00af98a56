#pragma once
/* 128 bits, for products of 64-bit integers that are divided again. Not for other folders' use. */

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;
