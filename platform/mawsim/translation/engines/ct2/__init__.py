"""Translation models run by CTranslate2: M2M-100, MADLAD-400 and OPUS-MT, converted once to int8."""
